-- What renewing an estate is estimated to cost, so that a bundle can keep to a budget.
-- depends: 0001.foundation

ALTER TABLE estate ADD COLUMN cost_10k_cny numeric CHECK (cost_10k_cny >= 0);
