package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code stoat grow} with and without a node, and {@code stoat node --eviction}. */
@Timeout(180)
class GrowCommandTest {
    @TempDir Path dir;

    private final StoatWords stoat = new StoatWords();

    @Test
    void shouldGrowAStoreThatANodeServes() throws Exception {
        final Path data = dir.resolve("data");
        try (StoatProcess node =
                StoatProcess.node(
                        "--data-dir",
                        data,
                        "--endpoint",
                        CommandTest.freeEndpoint(),
                        "--shards",
                        1,
                        "--entries",
                        4)) {
            for (int i = 0; i < 4; i++) {
                stoat.expect(0, "version", "put", "k" + i, "v" + i, "--data-dir", data);
            }
            stoat.expect(1, "the store is full", "put", "k4", "v4", "--data-dir", data);
            stoat.expect(1, "no growth", "grow", "--entries", 4, "--data-dir", data);
            stoat.expect(2, "must be 1 to", "grow", "--entries", 0, "--data-dir", data);
            stoat.expect(0, "longest pause", "grow", "--entries", 1_000, "--data-dir", data);
            assertFalse(Files.exists(data.resolve("grow.reply")));
            stoat.expect(0, "version 5", "put", "k4", "v4", "--data-dir", data);
            for (int i = 0; i < 5; i++) {
                stoat.expect(0, "v" + i, "get", "k" + i, "--data-dir", data);
            }
            stoat.expect(0, "1000", "stat", "--data-dir", data);
            node.terminate();
            node.await();
        }
        stoat.expect(0, "maxPauseNs", "grow", "--entries", 2_000, "--json", "--data-dir", data);
        stoat.expect(0, "5 entries sound, 0 damaged", "verify", "--data-dir", data);
    }

    @Test
    void shouldEvictAsTheNodeIsTold() throws Exception {
        final Path data = dir.resolve("cache");
        stoat.expect(
                2,
                "must be reject, soonest-expiry or oldest-write",
                "node",
                "--eviction",
                "lru",
                "--print-config");
        try (StoatProcess node =
                StoatProcess.node(
                        "--data-dir",
                        data,
                        "--endpoint",
                        CommandTest.freeEndpoint(),
                        "--shards",
                        1,
                        "--entries",
                        10,
                        "--eviction",
                        "oldest-write",
                        "--high-water",
                        50)) {
            for (int i = 0; i < 12; i++) {
                stoat.expect(0, "version", "put", "k" + i, "v" + i, "--data-dir", data);
            }
            stoat.expect(3, "not found", "get", "k6", "--data-dir", data);
            stoat.expect(0, "v7", "get", "k7", "--data-dir", data);
            stoat.expect(0, "oldest-write above 50%", "stat", "--data-dir", data);
            assertEquals(0, stoat.run("stat", "--json", "--data-dir", data));
            final var stat = JSON.std.mapFrom(stoat.output());
            assertEquals("oldest-write", stat.get("eviction"));
            assertTrue(stoat.output().contains("\"evictions\" : 7"), stoat.output());
            node.terminate();
            node.await();
        }
    }
}
