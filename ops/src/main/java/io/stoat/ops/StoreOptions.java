package io.stoat.ops;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.store.Status;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import io.stoat.transport.ClientContext;
import io.stoat.transport.TransportStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * Which store a command talks to: a data directory of this host, a node's endpoint, or a cluster.
 */
final class StoreOptions {
    static final String DEFAULT_DATA_DIR = "stoat-data";

    private static final int NODE_TIMEOUT_S = 5;
    private static final int NODE_MAX_TIMEOUT_S = 3_600;

    /** Longer: it may have to elect a leader first. */
    private static final int CLUSTER_TIMEOUT_S = 10;

    /** The cluster remembers a client for a while only. */
    private static final int CLUSTER_MAX_TIMEOUT_S =
            (int) TimeUnit.NANOSECONDS.toSeconds(ReplicatedClientContext.MAX_TIMEOUT_NS);

    @ArgGroup(exclusive = true)
    private Place place = new Place();

    private static final class Place {
        @Option(
                names = "--data-dir",
                paramLabel = "DIR",
                description =
                        "Data directory of a node on this host (default: "
                                + DEFAULT_DATA_DIR
                                + ").")
        private Path dataDir;

        @Option(
                names = "--endpoint",
                paramLabel = "HOST:PORT",
                description = "Endpoint of a node, reached over Aeron UDP.")
        private String endpoint;

        @Option(
                names = "--cluster",
                paramLabel = "FILE",
                description = "Configuration of a cluster, reached through its leaders.")
        private Path cluster;
    }

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File with the node's token, where the node asks for one.")
    private Path tokenFile;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description =
                    "Most time to reach the node and for each of its answers (default: "
                            + NODE_TIMEOUT_S
                            + ", of a cluster "
                            + CLUSTER_TIMEOUT_S
                            + ").")
    private Double timeoutSeconds;

    boolean isRemote() {
        return place != null && (place.endpoint != null || place.cluster != null);
    }

    /** The directory with the shards; of a node with a write-ahead log it is inside that given. */
    Path dataDir() {
        if (place != null && place.cluster != null) {
            throw CommandFailure.usage(
                    "this command reads a data directory of this host: give --data-dir, such as"
                            + " dir/data-m0 of the cluster's configuration");
        }
        return shardsOf(givenDir());
    }

    /** Where the shards of a node's directory are: inside it when it has a write-ahead log. */
    static Path shardsOf(final Path dir) {
        final Path walFile = dir.resolve(MemberOptions.WAL_FILE);
        return Files.exists(walFile) ? ClusterConfig.read(walFile).dataDir(0) : dir;
    }

    private Path givenDir() {
        return place == null || place.dataDir == null ? Path.of(DEFAULT_DATA_DIR) : place.dataDir;
    }

    private Path walFile() {
        return givenDir().resolve(MemberOptions.WAL_FILE);
    }

    /** Connects: to a cluster's leaders, to an endpoint over UDP, or to a node of this host. */
    CommandTarget connect() {
        if (place != null && place.cluster != null) {
            return clusterTarget(place.cluster);
        }
        if (!isRemote() && Files.exists(walFile())) {
            requireOwner();
            return clusterTarget(walFile());
        }
        return new NodeTarget(clientContext());
    }

    private ClusterTarget clusterTarget(final Path file) {
        return new ClusterTarget(
                cluster(file), timeoutNs(CLUSTER_TIMEOUT_S, CLUSTER_MAX_TIMEOUT_S));
    }

    private long timeoutNs(final int otherwise, final int most) {
        final double seconds = timeoutSeconds == null ? otherwise : timeoutSeconds;
        if (!(seconds > 0 && seconds <= most)) {
            throw CommandFailure.usage(
                    "--timeout=" + seconds + ": must be more than 0, up to " + most);
        }
        return (long) (seconds * 1e9);
    }

    private ClusterConfig cluster(final Path file) {
        return ClusterConfig.read(
                file, tokenFile == null ? Map.of() : Map.of("token-file", tokenFile.toString()));
    }

    ClientContext clientContext() {
        final long timeoutNs = timeoutNs(NODE_TIMEOUT_S, NODE_MAX_TIMEOUT_S);
        final ClientContext context =
                new ClientContext()
                        .tokenFile(tokenFile)
                        .connectTimeoutNs(timeoutNs)
                        .requestTimeoutNs(timeoutNs);
        if (isRemote()) {
            if (place.endpoint == null) {
                throw CommandFailure.usage(
                        "this command needs a node: give --endpoint or --data-dir");
            }
            context.endpoint(place.endpoint);
        } else {
            requireOwner();
            context.dataDir(dataDir());
        }
        return context;
    }

    /** Says at once what waiting for an answer would say late. */
    private void requireOwner() {
        final long pid;
        final StoreReader.OwnerState state;
        try (StoreReader reader = StoreReader.attach(dataDir())) {
            pid = reader.stat().ownerPid();
            state = reader.ownerState();
        }
        final boolean closed = state == StoreReader.OwnerState.CLOSED;
        // a container may not see the process whose heartbeat it sees
        if (closed
                || state == StoreReader.OwnerState.STALE
                        && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
            throw CommandFailure.failed(
                    "no node serves --data-dir "
                            + dataDir()
                            + ": the last one, pid "
                            + pid
                            + (closed ? ", was stopped" : ", is gone without having closed it")
                            + "; start one with stoat node --data-dir "
                            + dataDir());
        }
    }

    static UnsafeBuffer keyOf(final String key) {
        final byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > StoreContext.MAX_KEY_LENGTH) {
            throw CommandFailure.usage(
                    "the key has "
                            + bytes.length
                            + " bytes: it must have 1 to "
                            + StoreContext.MAX_KEY_LENGTH);
        }
        return new UnsafeBuffer(bytes);
    }

    /** What a status means to the person who gave the command; null when all is well. */
    static CommandFailure failure(final int status, final String key, final long version) {
        return switch (status) {
            case Status.NOT_FOUND -> CommandFailure.notFound("key '" + key + "' not found");
            case Status.ALREADY_EXISTS ->
                    CommandFailure.failed(
                            "key '"
                                    + key
                                    + "' exists already, at version "
                                    + version
                                    + "; nothing was changed");
            case Status.VERSION_MISMATCH ->
                    CommandFailure.failed(
                            "key '"
                                    + key
                                    + "' is at version "
                                    + version
                                    + ", not the expected one; nothing was changed");
            case Status.STORE_FULL ->
                    CommandFailure.failed(
                            "the store is full; key '"
                                    + key
                                    + "' was not written and an old value is intact: remove entries, or use a store with more --entries");
            case Status.VALUE_TOO_LONG ->
                    CommandFailure.failed(
                            "the value of key '"
                                    + key
                                    + "' is longer than the store's maximum: shorten it, or use a store with a larger --value-size");
            case Status.NOT_A_COUNTER ->
                    CommandFailure.failed(
                            "the value of key '"
                                    + key
                                    + "' is not a counter (8 bytes); nothing was changed");
            case Status.OVERFLOW ->
                    CommandFailure.failed(
                            "the counter of key '"
                                    + key
                                    + "' would leave the range of 64 bits; nothing was changed");
            case Status.OWNER_GONE ->
                    CommandFailure.failed(
                            "the owner stopped in the middle of a change at key '"
                                    + key
                                    + "': start the node again, it repairs the shard");
            case TransportStatus.TIMED_OUT, TransportStatus.OUTCOME_UNKNOWN ->
                    CommandFailure.failed(
                            "no answer in time: whether key '"
                                    + key
                                    + "' was changed is unknown; read it, then decide");
            case Status.WRONG_SHARD ->
                    CommandFailure.failed(
                            "key '"
                                    + key
                                    + "' belongs to another group of the cluster: is the configuration the members' own?");
            case TransportStatus.NOT_CONNECTED ->
                    CommandFailure.failed("the connection to the node is lost: is it running?");
            case TransportStatus.BACK_PRESSURED ->
                    CommandFailure.failed("the node does not keep up (back pressure): try again");
            default ->
                    status >= 0
                            ? null
                            : CommandFailure.failed("key '" + key + "': " + Status.nameOf(status));
        };
    }
}
