-- What every table and column means, with unit, Chinese term and source. Re-applied after each migration.
COMMENT ON SCHEMA gisplanner IS 'gisplanner: 城镇老旧小区改造空间规划';
