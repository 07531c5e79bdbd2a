package io.stoat.replication;

import io.stoat.store.Eviction;
import io.stoat.store.StoreContext;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.agrona.BitUtil;

/**
 * The settings of a {@link ClusterConfig} as they were given, with defaults, each checked alone and
 * against the others. A wrong one is refused by its name, with value and mend.
 */
record ClusterSettings(
        List<String> hosts,
        int port,
        Path dir,
        int shards,
        long entries,
        int valueSize,
        Eviction eviction,
        int highWaterPercent,
        int mtu,
        int termLength,
        int fileSyncLevel,
        long heartbeatTimeoutMs,
        long electionTimeoutMs,
        long tickMs,
        long snapshotLogBytes,
        long snapshotIntervalMs,
        int groups,
        long leaderReturnMs,
        Path tokenFile) {
    private static final List<String> KEYS =
            List.of(
                    "hosts",
                    "port",
                    "dir",
                    "shards",
                    "entries",
                    "value-size",
                    "eviction",
                    "high-water-percent",
                    "mtu",
                    "term-length",
                    "file-sync-level",
                    "heartbeat-timeout-ms",
                    "election-timeout-ms",
                    "tick-ms",
                    "snapshot-log-bytes",
                    "snapshot-interval-ms",
                    "groups",
                    "leader-return-ms",
                    "token-file");

    /**
     * Takes the settings from keys and values.
     *
     * @param origin named in messages.
     * @throws ReplicationException naming the setting, its value and the mend.
     */
    static ClusterSettings parse(final Properties settings, final String origin) {
        for (final String key : new TreeSet<>(settings.stringPropertyNames())) {
            if (!KEYS.contains(key)) {
                throw new ReplicationException(
                        origin
                                + ": unknown setting '"
                                + key
                                + "'; known: "
                                + String.join(", ", KEYS));
            }
        }
        if (settings.getProperty("dir", "").isBlank()) {
            throw new ReplicationException(
                    origin + ": dir is missing: give the directory that holds the members' data");
        }
        final Numbers numbers = new Numbers(settings, origin);
        final List<String> hosts = hosts(settings, origin);
        final int termLength = (int) numbers.of("term-length", 4 << 20, 64 << 10, 1 << 30);
        final String tokenFile = settings.getProperty("token-file", "").trim();
        final ClusterSettings parsed =
                new ClusterSettings(
                        hosts,
                        (int) numbers.of("port", 7500, 1024, 65535),
                        Path.of(settings.getProperty("dir").trim()),
                        (int) numbers.of("shards", StoreContext.DEFAULT_SHARD_COUNT, 1, 1000),
                        numbers.of("entries", 131_072, 1, 1L << 40),
                        (int) numbers.of("value-size", 256, 1, StoreContext.MAX_VALUE_LENGTH_LIMIT),
                        eviction(settings, origin),
                        (int)
                                numbers.of(
                                        "high-water-percent",
                                        StoreContext.DEFAULT_HIGH_WATER_PERCENT,
                                        1,
                                        100),
                        mtu(settings, numbers, DatagramLength.forHosts(hosts, termLength / 8)),
                        termLength,
                        (int) numbers.of("file-sync-level", 0, 0, 2),
                        numbers.of("heartbeat-timeout-ms", 600, 50, 600_000),
                        numbers.of("election-timeout-ms", 100, 20, 600_000),
                        numbers.of("tick-ms", 100, 10, 60_000),
                        numbers.of("snapshot-log-bytes", 256 << 20, 0, Long.MAX_VALUE),
                        numbers.of("snapshot-interval-ms", 3_600_000, 0, Long.MAX_VALUE),
                        (int) numbers.of("groups", 1, 1, 16),
                        numbers.of("leader-return-ms", 30_000, 0, Long.MAX_VALUE / 1_000_000),
                        tokenFile.isEmpty() ? null : Path.of(tokenFile));
        parsed.requireConsistent(origin);
        return parsed;
    }

    private static int mtu(final Properties settings, final Numbers numbers, final int otherwise) {
        return settings.getProperty("mtu", "").trim().equals("jumbo")
                ? DatagramLength.JUMBO
                : (int) numbers.of("mtu", otherwise, DatagramLength.LAN, DatagramLength.LOOPBACK);
    }

    private static Eviction eviction(final Properties settings, final String origin) {
        final String name = settings.getProperty("eviction", "reject").trim();
        for (final Eviction eviction : Eviction.values()) {
            if (ContentSettings.nameOf(eviction).equals(name)) {
                return eviction;
            }
        }
        throw new ReplicationException(
                origin + ": eviction=" + name + ": must be reject, soonest-expiry or oldest-write");
    }

    /**
     * A number that differs when settings differ from which members' contents follow: they have to
     * be the same on all members.
     */
    long contentSettings() {
        long number = shards;
        for (final long setting :
                new long[] {
                    entries, valueSize, eviction.ordinal(), highWaterPercent, tickMs, groups
                }) {
            number = number * 0x9E3779B97F4A7C15L + setting;
        }
        return number;
    }

    private static List<String> hosts(final Properties settings, final String origin) {
        final List<String> hosts =
                Arrays.stream(settings.getProperty("hosts", "127.0.0.1").split(","))
                        .map(String::trim)
                        .toList();
        if (hosts.size() > ClusterConfig.MAX_MEMBERS || hosts.stream().anyMatch(String::isEmpty)) {
            throw new ReplicationException(
                    origin
                            + ": hosts="
                            + settings.getProperty("hosts")
                            + ": give 1 to "
                            + ClusterConfig.MAX_MEMBERS
                            + " hosts, separated by commas");
        }
        return hosts;
    }

    private void requireConsistent(final String origin) {
        if (!BitUtil.isPowerOfTwo(termLength)) {
            throw new ReplicationException(
                    origin + ": term-length=" + termLength + ": must be a power of two");
        }
        if (mtu % 32 != 0) {
            throw new ReplicationException(origin + ": mtu=" + mtu + ": must be a multiple of 32");
        }
        final int longest = termLength / 8;
        if (longest < mtu || longest < StoreContext.MAX_KEY_LENGTH + valueSize + 512) {
            throw new ReplicationException(
                    origin
                            + ": term-length="
                            + termLength
                            + " is too small for mtu="
                            + mtu
                            + " and value-size="
                            + valueSize
                            + ": it must be at least 8 times each, with 1.5 KiB for the key");
        }
        if (groups > shards) {
            throw new ReplicationException(
                    origin
                            + ": groups="
                            + groups
                            + ": each group has a shard at least, and there are shards="
                            + shards);
        }
        final int lastPort =
                port
                        + (groups - 1) * ClusterConfig.PORTS_PER_GROUP
                        + hosts.size() * ClusterConfig.PORTS_PER_MEMBER
                        - 1;
        if (lastPort > 65535) {
            throw new ReplicationException(
                    origin + ": port=" + port + ": the last member's ports are beyond 65535");
        }
    }

    /** Numbers with their bounds; a wrong one is refused by its name. */
    private record Numbers(Properties settings, String origin) {
        long of(final String key, final long otherwise, final long min, final long max) {
            final String text = settings.getProperty(key);
            if (text == null) {
                return otherwise;
            }
            try {
                final long number = Long.parseLong(text.trim().replace("_", ""));
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (final NumberFormatException ignore) {
                // said below
            }
            throw new ReplicationException(
                    origin
                            + ": "
                            + key
                            + "="
                            + text
                            + ": must be a whole number from "
                            + min
                            + " to "
                            + max);
        }
    }
}
