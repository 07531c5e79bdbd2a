package io.stoat.store;

/**
 * One shard's figures as its control file shows them: each is current, together they are no
 * snapshot.
 *
 * @param shard index.
 * @param entries in the map, with expired ones that were not removed yet.
 * @param capacityEntries most entries the shard takes.
 * @param valueBytes payload of all entries, bytes.
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
        long appliedPosition,
        long leadershipTerm,
        long mapFileBytes,
        int segments,
        long heartbeatMs) {}
