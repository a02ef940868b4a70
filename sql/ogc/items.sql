-- The features of one page as text: {feature} writes one row of {layer} as GeoJSON, {where} and {order} choose and sort.
-- One row more than wanted is read, which tells whether there is a next page.
SELECT
    string_agg({feature}, E',\n') FILTER (WHERE layer.row_of_page <= %(limit)s) AS features,
    count(*) AS found
FROM (
    SELECT page.*, row_number() OVER () AS row_of_page
    FROM (
        SELECT * FROM ({layer}) AS layer
        WHERE {where}
        {order}
        LIMIT %(limit)s + 1 OFFSET %(offset)s
    ) AS page
) AS layer
