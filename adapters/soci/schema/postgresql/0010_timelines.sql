-- The timelines of the cluster, as servers met them. `begins_at` is the offset in the write-ahead log
-- where the timeline left the one before it; null where that is not known.
CREATE TABLE timelines (
    timeline bigint PRIMARY KEY,
    begins_at bigint
);
