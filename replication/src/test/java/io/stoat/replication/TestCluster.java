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
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Members of one cluster in this JVM, on free ports and in a directory of the test. */
final class TestCluster implements AutoCloseable {
    private static final long AWAIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final ClusterConfig config;
    private final ReplicatedMember[] members;
    private final StringBuffer errors = new StringBuffer();

    TestCluster(final Path dir, final int members, final String... settings) {
        config = config(dir, members, settings);
        this.members = new ReplicatedMember[members];
    }

    static ClusterConfig config(final Path dir, final int members, final String... settings) {
        final Properties properties = new Properties();
        properties.setProperty("dir", dir.toString());
        properties.setProperty("hosts", "127.0.0.1,".repeat(members - 1) + "127.0.0.1");
        properties.setProperty("port", Integer.toString(freePorts(members)));
        properties.setProperty("shards", "2");
        properties.setProperty("entries", "4000");
        properties.setProperty("value-size", "64");
        properties.setProperty("term-length", "262144");
        // a loaded host must not look like a dead leader
        properties.setProperty("heartbeat-timeout-ms", "2000");
        properties.setProperty("election-timeout-ms", "500");
        for (final String setting : settings) {
            final int equals = setting.indexOf('=');
            properties.setProperty(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return ClusterConfig.of(properties);
    }

    /** First of enough ports that nobody has; below the range from which the system gives ports. */
    static int freePorts(final int members) {
        while (true) {
            final int first = ThreadLocalRandom.current().nextInt(1_100, 3_100) * 10;
            boolean isFree = true;
            for (int port = first; isFree && port < first + 10 * members; port++) {
                try (DatagramSocket socket = new DatagramSocket(null)) {
                    socket.setReuseAddress(false);
                    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                } catch (final SocketException taken) {
                    isFree = false;
                }
            }
            if (isFree) {
                return first;
            }
        }
    }

    ClusterConfig config() {
        return config;
    }

    TestCluster startAll() {
        for (int i = 0; i < members.length; i++) {
            start(i);
        }
        return this;
    }

    ReplicatedMember start(final int member) {
        members[member] =
                ReplicatedMember.launch(
                        new MemberContext()
                                .config(config)
                                .member(member)
                                .errorHandler(
                                        error ->
                                                errors.append(member)
                                                        .append(": ")
                                                        .append(error)
                                                        .append('\n')));
        return members[member];
    }

    void stop(final int member) {
        CloseHelper.close(members[member]);
        members[member] = null;
    }

    ReplicatedMember member(final int member) {
        return members[member];
    }

    MemberStatus status(final int member) {
        return members[member].status();
    }

    int awaitLeader() {
        await("a leader", () -> leader() >= 0);
        return leader();
    }

    private int leader() {
        for (int i = 0; i < members.length; i++) {
            if (members[i] != null
                    && status(i).state() == MemberStatus.State.LIVE
                    && status(i).isLeader()) {
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

    /** Waits until a member has applied a position. */
    void awaitApplied(final int member, final long position) {
        await(
                "position " + position + " on member " + member,
                () -> status(member).appliedPosition() >= position);
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
        CloseHelper.quietCloseAll(members);
        for (int i = 0; i < members.length; i++) {
            removeAeron(config, i);
        }
    }

    static void removeAeron(final ClusterConfig config, final int member) {
        IoUtil.delete(
                io.stoat.transport.AeronDirectories.forDataDir(config.memberDir(0, member))
                        .toFile(),
                true);
    }
}
