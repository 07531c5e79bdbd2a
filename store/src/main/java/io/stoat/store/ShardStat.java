package io.stoat.store;

/**
 * One shard's figures as its control file shows them: each is current, together they are no
 * snapshot.
 *
 * @param shard index.
 * @param entries in the map, with expired ones that were not removed yet.
 * @param capacityEntries most entries the shard takes.
 * @param valueBytes payload of all entries, bytes.
 * @param entryBytes what all entries take by their lengths, with headers and padding.
 * @param capacityBytes what as many entries of the expected length would take.
 * @param fullestSegmentPercent fill of the fullest segment, percent of its own space for entries;
 *     above 100 it has got extra space.
 * @param evictions entries evicted since the shard was created.
 * @param eviction the owner's setting.
 * @param highWaterPercent the owner's setting, percent of the capacity.
 * @param appliedPosition position of the last command.
 * @param leadershipTerm of the log that drives the shard, 0 without one.
 * @param mapFileBytes mapped length of the map file.
 * @param segments Chronicle segments, each with a sequence.
 * @param heartbeatMs the owner's last sign of life, ms since the epoch, 0 after a clean close.
 */
public record ShardStat(
        int shard,
        long entries,
        long capacityEntries,
        long valueBytes,
        long entryBytes,
        long capacityBytes,
        int fullestSegmentPercent,
        long evictions,
        Eviction eviction,
        int highWaterPercent,
        long appliedPosition,
        long leadershipTerm,
        long mapFileBytes,
        int segments,
        long heartbeatMs) {
    /**
     * @return entries, percent of the capacity.
     */
    public int fillPercent() {
        return (int) Math.round(100.0 * entries / capacityEntries);
    }
}
