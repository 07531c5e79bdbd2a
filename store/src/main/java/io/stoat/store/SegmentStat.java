package io.stoat.store;

/**
 * Fill of one segment of a shard, as the control file shows it.
 *
 * @param segment index.
 * @param entries in the segment.
 * @param entryBytes what they take by their lengths.
 * @param capacityBytes space for entries that the segment has of its own; extra space comes on top
 *     as long as the shard has any.
 */
public record SegmentStat(int segment, long entries, long entryBytes, long capacityBytes) {}
