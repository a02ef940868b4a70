-- What part of a network a line is (管段性质): who pays for it depends on whether it lies before or after the meter.
-- depends: 0032.cut_over_windows

ALTER TABLE pipe_segment ADD COLUMN part text CHECK (part IN ('main', 'service', 'after_meter'));
