package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Members of one cluster in this JVM, on free ports and in a directory of the test. */
final class TestCluster implements AutoCloseable {
    private static final long AWAIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final ClusterConfig config;
    private final MemberStore[] stores;
    private final ReplicatedMember[][] members;
    private final StringBuffer errors = new StringBuffer();

    private volatile IntConsumer beforeSnapshotEnd = member -> {};

    TestCluster(final Path dir, final int members, final String... settings) {
        this(config(dir, members, settings));
    }

    TestCluster(final ClusterConfig config) {
        this.config = config;
        stores = new MemberStore[config.members()];
        members = new ReplicatedMember[config.groups()][config.members()];
    }

    static ClusterConfig config(final Path dir, final int members, final String... settings) {
        return ClusterConfig.of(settings(dir, members, settings));
    }

    static Properties settings(final Path dir, final int members, final String... settings) {
        final Properties properties = new Properties();
        properties.setProperty("dir", dir.toString());
        properties.setProperty("hosts", "127.0.0.1,".repeat(members - 1) + "127.0.0.1");
        properties.setProperty("port", Integer.toString(freePorts(members, settings)));
        properties.setProperty("shards", "2");
        properties.setProperty("entries", "4000");
        properties.setProperty("value-size", "64");
        properties.setProperty("term-length", "262144");
        // a loaded host must not look like a dead leader
        properties.setProperty("heartbeat-timeout-ms", "2000");
        properties.setProperty("election-timeout-ms", "500");
        // these members are not launched again by themselves
        properties.setProperty("leader-return-ms", "0");
        for (final String setting : settings) {
            final int equals = setting.indexOf('=');
            properties.setProperty(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return properties;
    }

    /** First of enough ports that nobody has; below the range from which the system gives ports. */
    static int freePorts(final int members, final String... settings) {
        final int groups = List.of(settings).contains("groups=2") ? 2 : 1;
        while (true) {
            final int first = ThreadLocalRandom.current().nextInt(1_100, 3_100) * 10;
            boolean isFree = true;
            for (int group = 0; isFree && group < groups; group++) {
                isFree = areFree(first + group * ClusterConfig.PORTS_PER_GROUP, 10 * members);
            }
            if (isFree) {
                return first;
            }
        }
    }

    private static boolean areFree(final int first, final int count) {
        for (int port = first; port < first + count; port++) {
            try (DatagramSocket socket = new DatagramSocket(null)) {
                socket.setReuseAddress(false);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (final SocketException taken) {
                return false;
            }
        }
        return true;
    }

    /** What the members' copiers call before they record the end mark of a snapshot. */
    TestCluster beforeSnapshotEnd(final IntConsumer called) {
        beforeSnapshotEnd = called;
        return this;
    }

    ClusterConfig config() {
        return config;
    }

    TestCluster startAll() {
        for (int i = 0; i < stores.length; i++) {
            start(i);
        }
        return this;
    }

    /** Starts a member of each group. */
    ReplicatedMember start(final int member) {
        stores[member] = MemberStore.open(config, member);
        for (int group = 0; group < members.length; group++) {
            start(group, member);
        }
        return members[0][member];
    }

    /** Starts a group's member whose shards are open. */
    void start(final int group, final int member) {
        members[group][member] =
                ReplicatedMember.launch(
                        new MemberContext()
                                .config(config)
                                .group(group)
                                .member(member)
                                .store(stores[member])
                                .beforeSnapshotEnd(() -> beforeSnapshotEnd.accept(member))
                                .errorHandler(
                                        error ->
                                                errors.append(group)
                                                        .append('/')
                                                        .append(member)
                                                        .append(": ")
                                                        .append(error)
                                                        .append('\n')));
    }

    /** Stops a member of each group, and closes its shards. */
    void stop(final int member) {
        for (int group = 0; group < members.length; group++) {
            stop(group, member);
        }
        CloseHelper.close(stores[member]);
        stores[member] = null;
    }

    /** Stops a group's member; those of the other groups go on. */
    void stop(final int group, final int member) {
        CloseHelper.close(members[group][member]);
        members[group][member] = null;
    }

    ReplicatedMember member(final int member) {
        return members[0][member];
    }

    MemberStatus status(final int member) {
        return status(0, member);
    }

    MemberStatus status(final int group, final int member) {
        return members[group][member].status();
    }

    int awaitLeader() {
        return awaitLeader(0);
    }

    int awaitLeader(final int group) {
        await("a leader of group " + group, () -> leader(group) >= 0);
        return leader(group);
    }

    private int leader(final int group) {
        for (int i = 0; i < stores.length; i++) {
            if (members[group][i] != null
                    && status(group, i).state() == MemberStatus.State.LIVE
                    && status(group, i).isLeader()) {
                return i;
            }
        }
        return -1;
    }

    void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + AWAIT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("no " + what + " within a minute; errors:\n" + errors);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    /** Waits until a member has applied a position, and readers are let in. */
    void awaitApplied(final int member, final long position) {
        awaitApplied(0, member, position);
    }

    void awaitApplied(final int group, final int member, final long position) {
        await(
                "position " + position + " of group " + group + " on member " + member,
                () ->
                        status(group, member).appliedPosition() >= position
                                && status(group, member).storeId() != 0);
    }

    ReplicatedClient client() {
        return ReplicatedClient.connect(
                new ReplicatedClientContext()
                        .config(config)
                        .timeoutNs(TimeUnit.SECONDS.toNanos(60)));
    }

    String errors() {
        return errors.toString();
    }

    static UnsafeBuffer bytes(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    static void put(final ReplicatedClient client, final String key, final String value) {
        assertEquals(Status.OK, tryPut(client, key, value, 0));
    }

    static int tryPut(
            final ReplicatedClient client, final String key, final String value, final long ttlMs) {
        final UnsafeBuffer k = bytes(key);
        final UnsafeBuffer v = bytes(value);
        return client.put(PutMode.ALWAYS, k, 0, k.capacity(), v, 0, v.capacity(), ttlMs, 0);
    }

    static String get(final ReplicatedClient client, final String key) {
        final UnsafeBuffer k = bytes(key);
        final UnsafeBuffer dst = new UnsafeBuffer(new byte[64]);
        return text(client.get(k, 0, k.capacity(), dst, 0, 64), dst);
    }

    static String get(final MemberReader reader, final String key) {
        final UnsafeBuffer k = bytes(key);
        final UnsafeBuffer dst = new UnsafeBuffer(new byte[64]);
        return text(reader.get(k, 0, k.capacity(), dst, 0, 64), dst);
    }

    static String text(final int length, final UnsafeBuffer dst) {
        return length < 0
                ? ReplicationStatus.nameOf(length)
                : dst.getStringWithoutLengthUtf8(0, length);
    }

    /** Leaves nothing behind, whatever happened. */
    @Override
    public void close() {
        for (final ReplicatedMember[] group : members) {
            CloseHelper.quietCloseAll(group);
        }
        CloseHelper.quietCloseAll(stores);
        for (int i = 0; i < stores.length; i++) {
            removeAeron(config, i);
        }
    }

    static void removeAeron(final ClusterConfig config, final int member) {
        for (int group = 0; group < config.groups(); group++) {
            IoUtil.delete(MemberKeeper.aeronDirectory(config, group, member).toFile(), true);
        }
    }
}
