-- The features of one page, one row each: {feature} writes a row of {layer} as GeoJSON, {where} and {order} choose and
-- sort, {keys} is where the next page goes on. One row more than wanted is read, which tells whether there is one.
SELECT {feature} AS feature, {keys}
FROM (
    SELECT * FROM ({layer}) AS layer
    WHERE {where}
    {order}
    LIMIT {limit} + 1 OFFSET %(offset)s
) AS layer
