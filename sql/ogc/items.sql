-- The features of one page, one row each: {feature} writes a row of {layer} as GeoJSON, {where} and {order} choose and
-- sort. One row more than wanted is read, which tells whether there is a next page.
SELECT {feature} AS feature
FROM (
    SELECT * FROM ({layer}) AS layer
    WHERE {where}
    {order}
    LIMIT %(limit)s + 1 OFFSET %(offset)s
) AS layer
