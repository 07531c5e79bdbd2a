package io.stoat.store;

import java.util.List;

/**
 * A data directory's figures as a reader sees them. heartbeatMs and ownerStartMs are ms since the
 * epoch.
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
