package io.stoat.replication;

import io.stoat.store.ShardMap;
import io.stoat.store.StoreContext;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * The one short configuration of a cluster, the same file on every host. Members, ports and
 * directories are derived from it.
 *
 * <p>Lines {@code key=value}; only {@code dir} has to be given:
 *
 * <pre>
 * hosts=127.0.0.1,127.0.0.1,127.0.0.1   host of member 0, 1, 2, ...: one host is a write-ahead log for one node
 * port=7500                             member N of group G uses the ten ports from port + 100 G + 10 N
 * dir=/var/lib/stoat                    member N has its shards in dir/data-mN, and of group G log and notes in dir/gG-mN
 * shards=4  entries=131072  value-size=256
 * eviction=reject  high-water-percent=95  what a full shard does: reject, soonest-expiry, oldest-write
 * mtu=65504                             largest datagram, or jumbo (8192); beyond loopback 1408
 * term-length=4194304                   log buffers; a message is at most an eighth of one
 * file-sync-level=0                     0 page cache, 1 data is on the disk before it is acknowledged, 2 and metadata
 * heartbeat-timeout-ms=600              a leader that is silent for that long is replaced
 * election-timeout-ms=100               how long a candidate waits for the votes of members that do not answer
 * tick-ms=100                           replicated clock: bounds the age that a member can prove
 * snapshot-log-bytes=268435456          a snapshot after so many bytes of log; 0 = never by size
 * snapshot-interval-ms=3600000          and at the latest after that time; 0 = never by time
 * groups=1                              independent groups, each with a log and a leader, over which the shards are spread
 * leader-return-ms=30000                with groups: a leader gives way to its group's preferred one, once in that time at most; 0 = never
 * token-file=FILE                       secret of members and clients; required beyond loopback
 * </pre>
 *
 * Immutable; any thread.
 */
public final class ClusterConfig {
    /** Ports that a member uses, from its first one on. */
    public static final int PORTS_PER_MEMBER = 10;

    /** Of these so many are in use; the others are for later versions. */
    public static final int PORTS_IN_USE = 6;

    /** Ports that a group uses, from its first one on. */
    public static final int PORTS_PER_GROUP = 100;

    /** Headers of all layers, and the part of a command by which a message grows at once. */
    private static final int MESSAGE_MARGIN = 512;

    /** Most members of a cluster. */
    public static final int MAX_MEMBERS = 9;

    private final ClusterSettings settings;
    private final ShardMap shardMap;
    private final ContentSettings content;
    private volatile ClusterToken token;

    private ClusterConfig(final Properties properties, final String origin) {
        settings = ClusterSettings.parse(properties, origin);
        shardMap = ShardMap.ofGroups(settings.shards(), settings.groups());
        content = ContentSettings.of(settings);
    }

    /**
     * Reads the configuration file.
     *
     * @param file with lines {@code key=value}.
     * @return the configuration.
     * @throws ReplicationException naming the setting, its value and the mend.
     */
    public static ClusterConfig read(final Path file) {
        return read(file, Map.of());
    }

    /**
     * Reads the configuration file, with other values for some of its settings.
     *
     * @param file with lines {@code key=value}.
     * @param overrides keys and values that win.
     * @return the configuration.
     * @throws ReplicationException naming the setting, its value and the mend.
     */
    public static ClusterConfig read(final Path file, final Map<String, String> overrides) {
        final Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (final IOException | IllegalArgumentException ex) {
            throw new ReplicationException("cluster configuration " + file + ": " + ex, ex);
        }
        properties.putAll(overrides);
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
        return settings.hosts().size();
    }

    /**
     * @return members that have to have an entry of the log before it counts.
     */
    public int quorum() {
        return settings.hosts().size() / 2 + 1;
    }

    /**
     * @param member number, from 0.
     * @return host of the member.
     */
    public String host(final int member) {
        requireMember(member);
        return settings.hosts().get(member);
    }

    /** Of all members, by their numbers. */
    List<String> hosts() {
        return settings.hosts();
    }

    private void requireMember(final int member) {
        if (member < 0 || member >= settings.hosts().size()) {
            throw new ReplicationException(
                    "member "
                            + member
                            + " does not exist: hosts names members 0 to "
                            + (settings.hosts().size() - 1));
        }
    }

    /**
     * @param group number, from 0.
     * @param member number, from 0.
     * @return first UDP port of the member.
     */
    public int firstPort(final int group, final int member) {
        requireMember(member);
        return port(group, member, 0);
    }

    private int port(final int group, final int member, final int purpose) {
        return settings.port() + group * PORTS_PER_GROUP + member * PORTS_PER_MEMBER + purpose;
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

    /**
     * Where snapshot and log come in while the member is seeded. Not the catch-up endpoint: the
     * driver holds an endpoint a little longer than its last subscription, until the images are
     * gone, and the consensus module, which binds anew, would be refused meanwhile.
     */
    String seedEndpoint(final int group, final int member) {
        return endpoint(group, member, 5);
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
        return settings.dir().resolve("g" + group + "-m" + member);
    }

    /**
     * @param member number, from 0.
     * @return data directory of the member with the shards of all groups, which other processes of
     *     its host may read.
     */
    public Path dataDir(final int member) {
        requireMember(member);
        return settings.dir().resolve("data-m" + member);
    }

    /**
     * @return directory that holds the members' directories.
     */
    public Path dir() {
        return settings.dir();
    }

    /**
     * @param member number, from 0.
     * @return settings of the member's store.
     */
    StoreContext storeContext(final int member) {
        return new StoreContext()
                .dataDir(dataDir(member))
                .shardCount(settings.shards())
                .entries(settings.entries())
                .maxValueLength(settings.valueSize())
                .eviction(settings.eviction())
                .highWaterPercent(settings.highWaterPercent())
                .growable(false);
    }

    /** The settings that have to be the same on all members. */
    ContentSettings content() {
        return content;
    }

    /** Differs when members' contents could differ because of their settings. */
    long contentSettings() {
        return settings.contentSettings();
    }

    /**
     * @return longest value, bytes.
     */
    public int valueSize() {
        return settings.valueSize();
    }

    /**
     * @return largest datagram, bytes.
     */
    public int mtu() {
        return settings.mtu();
    }

    /**
     * @return length of a log buffer's term, bytes.
     */
    public int termLength() {
        return settings.termLength();
    }

    /**
     * @return longest message, bytes.
     */
    public int maxMessageLength() {
        return settings.termLength() / 8;
    }

    /**
     * How many bytes of commands make a message that fills one datagram: shorter messages cost more
     * each, longer ones are cut into datagrams and wait for each other.
     *
     * @return bytes of encoded commands.
     */
    public int datagramCommandsLength() {
        return Math.min(settings.mtu(), maxMessageLength()) - MESSAGE_MARGIN;
    }

    /**
     * @return whether the members sync their logs to the disk before they acknowledge.
     */
    public boolean isSynced() {
        return settings.fileSyncLevel() > 0;
    }

    int fileSyncLevel() {
        return settings.fileSyncLevel();
    }

    long heartbeatTimeoutNs() {
        return TimeUnit.MILLISECONDS.toNanos(settings.heartbeatTimeoutMs());
    }

    long electionTimeoutNs() {
        return TimeUnit.MILLISECONDS.toNanos(settings.electionTimeoutMs());
    }

    long tickMs() {
        return settings.tickMs();
    }

    long snapshotLogBytes() {
        return settings.snapshotLogBytes();
    }

    long snapshotIntervalMs() {
        return settings.snapshotIntervalMs();
    }

    /**
     * @return independent groups over which the keys are spread.
     */
    public int groups() {
        return settings.groups();
    }

    /**
     * @return which shard and which group a key belongs to; it names no leaders.
     */
    public ShardMap shardMap() {
        return shardMap;
    }

    /**
     * @param group number, from 0.
     * @return member that leads the group when nothing speaks against it: so that leaders are
     *     spread over the members.
     */
    public int preferredLeader(final int group) {
        return group % members();
    }

    /** How long a member leads before it gives way to the preferred leader, ms; 0 = for ever. */
    long leaderReturnMs() {
        return groups() == 1 ? 0 : settings.leaderReturnMs();
    }

    /** The token that members and clients share; read at the first call. */
    ClusterToken token() {
        ClusterToken current = token;
        if (current == null) {
            current = ClusterToken.of(settings);
            token = current;
        }
        return current;
    }

    /**
     * @return file with the token that members and clients share, or null.
     */
    public Path tokenFile() {
        return settings.tokenFile();
    }
}
