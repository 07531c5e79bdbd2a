package io.stoat.store;

import java.util.List;

/**
 * A data directory's figures as a reader sees them.
 *
 * @param layoutVersion of the files.
 * @param generation of the directory.
 * @param ownerPid process that owns, or last owned, the directory.
 * @param ownerStartMs when it opened the directory, ms since the epoch.
 * @param heartbeatMs its last sign of life, ms since the epoch, 0 after a clean close.
 * @param ownerState what the heartbeat says.
 * @param maxValueLength longest value, bytes.
 * @param shards figures of each shard.
 */
public record StoreStat(
        int layoutVersion,
        long generation,
        long ownerPid,
        long ownerStartMs,
        long heartbeatMs,
        StoreReader.OwnerState ownerState,
        int maxValueLength,
        List<ShardStat> shards) {}
