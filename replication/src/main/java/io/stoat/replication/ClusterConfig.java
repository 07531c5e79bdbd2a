package io.stoat.replication;

import io.stoat.store.StoreContext;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;

/**
 * The one short configuration of a cluster, the same file on every host. Members, ports and
 * directories are derived from it.
 *
 * <p>Lines {@code key=value}; only {@code dir} has to be given:
 *
 * <pre>
 * hosts=127.0.0.1,127.0.0.1,127.0.0.1   host of member 0, 1, 2, ...: one host is a write-ahead log for one node
 * port=7500                             member N of group G uses the ten ports from port + 100 G + 10 N
 * dir=/var/lib/stoat                    member N of group G keeps everything in dir/gG-mN
 * shards=4  entries=131072  value-size=256
 * mtu=8192                              largest datagram
 * term-length=4194304                   log buffers; a message is at most an eighth of one
 * file-sync-level=0                     0 page cache, 1 data is on the disk before it is acknowledged, 2 and metadata
 * heartbeat-timeout-ms=600              a leader that is silent for that long is replaced
 * election-timeout-ms=150
 * tick-ms=100                           replicated clock: bounds the age that a member can prove
 * snapshot-log-bytes=268435456          a snapshot after so many bytes of log; 0 = never by size
 * snapshot-interval-ms=3600000          and at the latest after that time; 0 = never by time
 * groups=1                              independent groups over which the keys are spread
 * </pre>
 *
 * Immutable; any thread.
 */
public final class ClusterConfig {
    /** Ports that a member uses, from its first one on. */
    public static final int PORTS_PER_MEMBER = 10;

    /** Ports that a group uses, from its first one on. */
    public static final int PORTS_PER_GROUP = 100;

    /** Most members of a cluster. */
    public static final int MAX_MEMBERS = 9;

    private static final List<String> KEYS =
            List.of(
                    "hosts",
                    "port",
                    "dir",
                    "shards",
                    "entries",
                    "value-size",
                    "mtu",
                    "term-length",
                    "file-sync-level",
                    "heartbeat-timeout-ms",
                    "election-timeout-ms",
                    "tick-ms",
                    "snapshot-log-bytes",
                    "snapshot-interval-ms",
                    "groups");

    private final List<String> hosts;
    private final int port;
    private final Path dir;
    private final int shards;
    private final long entries;
    private final int valueSize;
    private final int mtu;
    private final int termLength;
    private final int fileSyncLevel;
    private final long heartbeatTimeoutMs;
    private final long electionTimeoutMs;
    private final long tickMs;
    private final long snapshotLogBytes;
    private final long snapshotIntervalMs;
    private final int groups;

    private ClusterConfig(final Properties settings, final String origin) {
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
        hosts =
                Arrays.stream(settings.getProperty("hosts", "127.0.0.1").split(","))
                        .map(String::trim)
                        .toList();
        if (hosts.size() > MAX_MEMBERS || hosts.stream().anyMatch(String::isEmpty)) {
            throw new ReplicationException(
                    origin
                            + ": hosts="
                            + settings.getProperty("hosts")
                            + ": give 1 to "
                            + MAX_MEMBERS
                            + " hosts, separated by commas");
        }
        dir = Path.of(settings.getProperty("dir").trim());
        port = (int) numbers.of("port", 7500, 1024, 65535);
        shards = (int) numbers.of("shards", StoreContext.DEFAULT_SHARD_COUNT, 1, 1000);
        entries = numbers.of("entries", 131_072, 1, 1L << 40);
        valueSize = (int) numbers.of("value-size", 256, 1, StoreContext.MAX_VALUE_LENGTH_LIMIT);
        mtu = (int) numbers.of("mtu", 8192, 1408, 65504);
        termLength = (int) numbers.of("term-length", 4 << 20, 64 << 10, 1 << 30);
        fileSyncLevel = (int) numbers.of("file-sync-level", 0, 0, 2);
        heartbeatTimeoutMs = numbers.of("heartbeat-timeout-ms", 600, 50, 600_000);
        electionTimeoutMs = numbers.of("election-timeout-ms", 150, 20, 600_000);
        tickMs = numbers.of("tick-ms", 100, 10, 60_000);
        snapshotLogBytes = numbers.of("snapshot-log-bytes", 256 << 20, 0, Long.MAX_VALUE);
        snapshotIntervalMs = numbers.of("snapshot-interval-ms", 3_600_000, 0, Long.MAX_VALUE);
        groups = (int) numbers.of("groups", 1, 1, 16);
        requireConsistent(origin);
    }

    private void requireConsistent(final String origin) {
        if (!BitUtil.isPowerOfTwo(termLength)) {
            throw new ReplicationException(
                    origin + ": term-length=" + termLength + ": must be a power of two");
        }
        if (mtu % 32 != 0) {
            throw new ReplicationException(origin + ": mtu=" + mtu + ": must be a multiple of 32");
        }
        if (maxMessageLength() < mtu
                || maxMessageLength() < StoreContext.MAX_KEY_LENGTH + valueSize + 512) {
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
        final int lastPort =
                port
                        + (groups - 1) * PORTS_PER_GROUP
                        + (hosts.size() - 1) * PORTS_PER_MEMBER
                        + PORTS_PER_MEMBER
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

    /**
     * Reads the configuration file.
     *
     * @param file with lines {@code key=value}.
     * @return the configuration.
     * @throws ReplicationException naming the setting, its value and the mend.
     */
    public static ClusterConfig read(final Path file) {
        final Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (final IOException | IllegalArgumentException ex) {
            throw new ReplicationException("cluster configuration " + file + ": " + ex, ex);
        }
        return new ClusterConfig(properties, file.toString());
    }

    /**
     * Takes the configuration from settings.
     *
     * @param settings keys and values as in a file.
     * @return the configuration.
     */
    public static ClusterConfig of(final Properties settings) {
        return new ClusterConfig(settings, "cluster configuration");
    }

    /**
     * @return number of members.
     */
    public int members() {
        return hosts.size();
    }

    /**
     * @return members that have to have an entry of the log before it counts.
     */
    public int quorum() {
        return hosts.size() / 2 + 1;
    }

    /**
     * @param member number, from 0.
     * @return host of the member.
     */
    public String host(final int member) {
        requireMember(member);
        return hosts.get(member);
    }

    private void requireMember(final int member) {
        if (member < 0 || member >= hosts.size()) {
            throw new ReplicationException(
                    "member "
                            + member
                            + " does not exist: hosts names members 0 to "
                            + (hosts.size() - 1));
        }
    }

    private int port(final int group, final int member, final int purpose) {
        return port + group * PORTS_PER_GROUP + member * PORTS_PER_MEMBER + purpose;
    }

    private String endpoint(final int group, final int member, final int purpose) {
        return host(member) + ':' + port(group, member, purpose);
    }

    String ingressEndpoint(final int group, final int member) {
        return endpoint(group, member, 0);
    }

    String consensusEndpoint(final int group, final int member) {
        return endpoint(group, member, 1);
    }

    String logEndpoint(final int group, final int member) {
        return endpoint(group, member, 2);
    }

    String catchupEndpoint(final int group, final int member) {
        return endpoint(group, member, 3);
    }

    String archiveEndpoint(final int group, final int member) {
        return endpoint(group, member, 4);
    }

    /** Of all members, in Aeron Cluster's notation. */
    String clusterMembers(final int group) {
        final StringBuilder all = new StringBuilder();
        for (int i = 0; i < members(); i++) {
            all.append(i == 0 ? "" : "|")
                    .append(i)
                    .append(',')
                    .append(ingressEndpoint(group, i))
                    .append(',')
                    .append(consensusEndpoint(group, i))
                    .append(',')
                    .append(logEndpoint(group, i))
                    .append(',')
                    .append(catchupEndpoint(group, i))
                    .append(',')
                    .append(archiveEndpoint(group, i));
        }
        return all.toString();
    }

    /** Of all members, in the notation of Aeron Cluster's client. */
    String ingressEndpoints(final int group) {
        final List<String> all = new ArrayList<>();
        for (int i = 0; i < members(); i++) {
            all.add(i + "=" + ingressEndpoint(group, i));
        }
        return String.join(",", all);
    }

    /**
     * @param group number, from 0.
     * @param member number, from 0.
     * @return directory that holds everything of the member.
     */
    public Path memberDir(final int group, final int member) {
        requireMember(member);
        return dir.resolve("g" + group + "-m" + member);
    }

    /**
     * @param group number, from 0.
     * @param member number, from 0.
     * @return data directory of the member, which other processes of its host may read.
     */
    public Path dataDir(final int group, final int member) {
        return memberDir(group, member).resolve("data");
    }

    /**
     * @return directory that holds the members' directories.
     */
    public Path dir() {
        return dir;
    }

    /**
     * @param group number, from 0.
     * @param member number, from 0.
     * @return settings of the member's store.
     */
    StoreContext storeContext(final int group, final int member) {
        return new StoreContext()
                .dataDir(dataDir(group, member))
                .shardCount(shards)
                .entries(Math.max(1, entries / groups))
                .maxValueLength(valueSize);
    }

    /**
     * @return longest value, bytes.
     */
    public int valueSize() {
        return valueSize;
    }

    /**
     * @return entries that a group's members hold.
     */
    public long entriesPerGroup() {
        return Math.max(1, entries / groups);
    }

    /**
     * @return largest datagram, bytes.
     */
    public int mtu() {
        return mtu;
    }

    /**
     * @return length of a log buffer's term, bytes.
     */
    public int termLength() {
        return termLength;
    }

    /**
     * @return longest message, bytes.
     */
    public int maxMessageLength() {
        return termLength / 8;
    }

    int fileSyncLevel() {
        return fileSyncLevel;
    }

    long heartbeatTimeoutNs() {
        return TimeUnit.MILLISECONDS.toNanos(heartbeatTimeoutMs);
    }

    long electionTimeoutNs() {
        return TimeUnit.MILLISECONDS.toNanos(electionTimeoutMs);
    }

    long tickMs() {
        return tickMs;
    }

    long snapshotLogBytes() {
        return snapshotLogBytes;
    }

    long snapshotIntervalMs() {
        return snapshotIntervalMs;
    }

    /**
     * @return independent groups over which the keys are spread.
     */
    public int groups() {
        return groups;
    }
}
