-- Some columns of a layer, its rows in its own order.
SELECT {columns} FROM ({layer}) AS layer
