package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.LiveBlock;
import io.stoat.replication.MemberReader;
import io.stoat.replication.PromptIdleStrategy;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.replication.ReplicationStatus;
import io.stoat.store.CommandEncoder;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import java.io.PrintWriter;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * {@code stoat demo --nodes 3}: counters on three member processes; the leader is killed half-way;
 * afterwards every counter must be exactly what was acknowledged.
 */
public final class ClusterDemo {
    private static final int KEYS = 1_000;
    private static final int BATCH = 16;
    private static final int SHARDS = 4;
    private static final long COMPLETE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long REFRESH_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final IdleStrategy idle = new PromptIdleStrategy(20, 20, 100_000);
    private final PrintWriter out;
    private final double seconds;
    private final int nodes;
    private final int groups;
    private final long[] acknowledged = new long[KEYS];
    private final UnsafeBuffer[] keys = new UnsafeBuffer[KEYS];
    private final int[][] keysOfGroups;
    private final long[] firstAfterKillNs;
    private final long[] firstMessageAfterKill;
    private long count;
    private long unknown;
    private long refused;
    private long killedNs;
    private final LiveBlock block;
    private long nextDrawNs;

    /**
     * @param out told what happens.
     * @param nodes members, 3 or more for a fail-over.
     * @param groups over which the keys are spread.
     * @param seconds of writing.
     */
    public ClusterDemo(
            final PrintWriter out, final int nodes, final int groups, final double seconds) {
        this.out = out;
        block = LiveBlock.isTerminal() ? new LiveBlock(out) : null;
        this.nodes = nodes;
        this.groups = groups;
        this.seconds = seconds;
        firstAfterKillNs = new long[groups];
        firstMessageAfterKill = new long[groups];
        Arrays.fill(firstMessageAfterKill, Long.MAX_VALUE);
        for (int i = 0; i < KEYS; i++) {
            keys[i] = new UnsafeBuffer(String.format("counter-%04d", i).getBytes());
        }
        final ShardMap map = ShardMap.ofGroups(SHARDS, groups);
        keysOfGroups = new int[groups][];
        for (int i = 0; i < groups; i++) {
            final int group = i;
            keysOfGroups[group] =
                    IntStream.range(0, KEYS)
                            .filter(key -> map.groupOf(keys[key], 0, keys[key].capacity()) == group)
                            .toArray();
        }
    }

    /** Runs the demo; throws {@link CommandFailure} when anything that was acknowledged is lost. */
    public void run() {
        say("starting %d members, each a process of its own, on loopback", nodes);
        try (ClusterProcesses cluster =
                        new ClusterProcesses(
                                nodes,
                                List.of(
                                        "entries=20000",
                                        "value-size=64",
                                        "shards=" + SHARDS,
                                        "groups=" + groups));
                ReplicatedClient client = connect(cluster)) {
            cluster.startAll();
            final int leader = cluster.awaitLeader();
            for (int group = 0; group < groups; group++) {
                say("%smember %d leads", nameOf(group), cluster.awaitLeader(group));
            }
            say("writing: %d commands a message, up to 64 messages in flight a group", BATCH);
            final long startNs = System.nanoTime();
            write(cluster, client, startNs, seconds / 2);
            final long before = count;
            final double beforeSeconds = secondsSince(startNs);
            say(
                    "%,.0f acknowledged writes/s; SIGKILL of the leader, member %d, now",
                    before / beforeSeconds, leader);
            killedNs = System.nanoTime();
            cluster.kill(leader);
            for (int group = 0; group < groups; group++) {
                firstMessageAfterKill[group] = nextMessage(client, group);
            }
            write(cluster, client, System.nanoTime(), seconds / 2);
            writeUntilFailedOver(client);
            client.drain();
            for (int group = 0; group < groups; group++) {
                sayFailOver(client, group);
            }
            say("starting member %d again", leader);
            cluster.start(leader);
            verify(cluster, client);
        }
    }

    private ReplicatedClient connect(final ClusterProcesses cluster) {
        return ReplicatedClient.connect(
                new ReplicatedClientContext()
                        .config(cluster.config())
                        .timeoutNs(COMPLETE_NS)
                        .driverOnCallerThread(true)
                        .resultListener(this::onResult));
    }

    private String nameOf(final int group) {
        return groups == 1 ? "" : "group " + group + ": ";
    }

    private void sayFailOver(final ReplicatedClient client, final int group) {
        if (firstAfterKillNs[group] == 0) {
            throw CommandFailure.failed("no write was acknowledged after the leader's end");
        }
        say(
                "%sfail-over: %d ms from the kill to the next acknowledged write; member %d leads",
                nameOf(group),
                TimeUnit.NANOSECONDS.toMillis(firstAfterKillNs[group] - killedNs),
                client.shardMap().leader(group));
    }

    private long nextMessage(final ReplicatedClient client, final int group) {
        final UnsafeBuffer key = keys[keysOfGroups[group][0]];
        return client.nextMessage(key, 0, key.capacity());
    }

    /** The key of a message's command: messages of a group have the group's keys in turn. */
    private int keyOf(final long message, final int index) {
        final int[] candidates = keysOfGroups[(int) (message % groups)];
        return candidates[(int) ((message / groups * BATCH + index) % candidates.length)];
    }

    private void onResult(
            final long message,
            final int index,
            final int status,
            final long version,
            final long counter,
            final long position) {
        if (status == Status.OK) {
            acknowledged[keyOf(message, index)]++;
            count++;
            // answers to what was sent before the kill do not end the outage
            final int group = (int) (message % groups);
            if (message >= firstMessageAfterKill[group] && firstAfterKillNs[group] == 0) {
                firstAfterKillNs[group] = System.nanoTime();
            }
        } else if (status == ReplicationStatus.OUTCOME_UNKNOWN) {
            unknown++;
        } else {
            refused++;
        }
    }

    private void write(
            final ClusterProcesses cluster,
            final ReplicatedClient client,
            final long startNs,
            final double writeSeconds) {
        final long before = count;
        nextDrawNs = System.nanoTime();
        while (secondsSince(startNs) < writeSeconds) {
            writeOnce(client);
            if (block != null && System.nanoTime() - nextDrawNs >= 0) {
                draw(cluster, (count - before) / secondsSince(startNs));
                nextDrawNs = System.nanoTime() + REFRESH_NS;
            }
        }
        if (block != null) {
            block.leave();
        }
    }

    private void draw(final ClusterProcesses cluster, final double perSecond) {
        final List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "  acknowledged writes  %,d", count));
        lines.add(String.format(Locale.ROOT, "  a second             %,.0f", perSecond));
        for (int member = 0; member < nodes; member++) {
            lines.add("  member " + member + "             " + stateOf(cluster, member));
        }
        block.draw(lines);
    }

    private String stateOf(final ClusterProcesses cluster, final int member) {
        if (!cluster.isRunning(member)) {
            return "killed";
        }
        final StringJoiner led = new StringJoiner(", ", "leads ", "").setEmptyValue("follows");
        for (int group = 0; group < groups; group++) {
            if (cluster.leader(group) == member) {
                led.add("group " + group);
            }
        }
        return led.toString();
    }

    /** A member that is back says so a moment after it has applied what there was. */
    private int loaded(final MemberReader reader, final UnsafeBuffer value) {
        final long startNs = System.nanoTime();
        int length;
        do {
            length = reader.get(keys[0], 0, keys[0].capacity(), value, 0, value.capacity());
        } while (length == ReplicationStatus.NOT_LOADED
                && System.nanoTime() - startNs < COMPLETE_NS);
        return length;
    }

    /** On a busy host the next leaders may come after the time for writing is over. */
    private void writeUntilFailedOver(final ReplicatedClient client) {
        final long startNs = System.nanoTime();
        while (Arrays.stream(firstAfterKillNs).anyMatch(first -> first == 0)
                && System.nanoTime() - startNs < COMPLETE_NS) {
            writeOnce(client);
        }
    }

    private void writeOnce(final ReplicatedClient client) {
        int work = client.poll();
        for (int group = 0; group < groups; group++) {
            work += send(client, group);
        }
        // a writer that spins would take a core from the members
        idle.idle(work);
    }

    private int send(final ReplicatedClient client, final int group) {
        final UnsafeBuffer first = keys[keysOfGroups[group][0]];
        final CommandEncoder commands = client.commands(first, 0, first.capacity());
        if (commands == null) {
            return 0;
        }
        final long message = nextMessage(client, group);
        for (int i = 0; i < BATCH; i++) {
            commands.add(keys[keyOf(message, i)], 0, first.capacity(), 1);
        }
        client.send();
        return 1;
    }

    private static double secondsSince(final long startNs) {
        return (System.nanoTime() - startNs) / 1e9;
    }

    private void verify(final ClusterProcesses cluster, final ReplicatedClient client) {
        if (unknown + refused > 0) {
            throw CommandFailure.failed(
                    unknown + " writes have an unknown outcome, " + refused + " were refused");
        }
        final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
        long lost = 0;
        for (int i = 0; i < KEYS; i++) {
            final int length = client.get(keys[i], 0, keys[i].capacity(), value, 0, 64);
            final long found = length == 8 ? value.getLong(0, ByteOrder.LITTLE_ENDIAN) : 0;
            if (found != acknowledged[i]) {
                lost++;
                say("key %d: acknowledged %d, found %d", i, acknowledged[i], found);
            }
        }
        final List<String> checksums = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            final long checksum = client.contentChecksum(group);
            checksums.add(
                    String.format(
                            Locale.ROOT,
                            "%scontent checksum at position %d: %016x",
                            nameOf(group),
                            client.position(),
                            checksum));
            cluster.awaitApplied(group, client.position());
        }
        for (int member = 0; member < nodes; member++) {
            try (MemberReader reader = MemberReader.attach(cluster.config(), member)) {
                final int length = loaded(reader, value);
                say(
                        "member %d, from its shared memory: counter 0 is %d, at most %d ms old",
                        member,
                        length == 8 ? value.getLong(0, ByteOrder.LITTLE_ENDIAN) : -1,
                        reader.ageMs());
            }
        }
        checksums.forEach(this::say);
        if (lost > 0) {
            throw CommandFailure.failed(lost + " counters are not what was acknowledged");
        }
        say("%,d acknowledged writes: none lost, none applied twice", count);
    }

    private void say(final String format, final Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }
}
