package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardMapTest {
    private static final int KEYS = 100_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 8, 16, 60, 1000})
    void shouldSpreadSequentialKeysEvenlyOverAnyShardCount(final int shardCount) {
        final ShardMap shardMap = new ShardMap(shardCount, 1);
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final int[] counts = new int[shardCount];
        for (int i = 0; i < KEYS; i++) {
            key.putLong(0, i);
            counts[shardMap.shardOf(XxHash64.hash(key, 0, 8))]++;
        }
        final double mean = (double) KEYS / shardCount;
        for (int shard = 0; shard < shardCount; shard++) {
            // the same six sigmas of room that the shards are sized with
            assertTrue(
                    Math.abs(counts[shard] - mean) <= 6 * Math.sqrt(mean),
                    "shard=" + shard + " count=" + counts[shard] + " mean=" + mean);
        }
    }

    @Test
    void shouldChooseTheShardByTheHighBitsOnly() {
        final ShardMap shardMap = new ShardMap(8, 1);
        for (int shard = 0; shard < 8; shard++) {
            final long high = (long) shard << 61;
            assertEquals(shard, shardMap.shardOf(high));
            assertEquals(shard, shardMap.shardOf(high | 0xFFFF_FFFFL));
        }
        assertEquals(7, shardMap.shardOf(-1L));
        assertEquals(999, new ShardMap(1000, 1).shardOf(-1L));
    }

    @Test
    void shouldTellItsGenerationAndRefuseNoShards() {
        assertEquals(9, new ShardMap(2, 9).generation());
        assertEquals(2, new ShardMap(2, 9).shardCount());
        assertThrows(IllegalArgumentException.class, () -> new ShardMap(0, 1));
    }
}
