package io.stoat.ops.chaos;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/** Faults from a seed, clients meanwhile, and the verdict. */
final class ChaosRun {
    private static final int MEMBERS = 3;
    private static final int KEYS = 4;
    private static final int FILLERS = 20_000;
    private static final int FILL_BATCH = 100;
    private static final int CALM_OPERATIONS = 50;
    private static final long MAX_STEPS = 20_000_000;

    private final ClusterProcesses cluster;
    private final PrintWriter out;
    private final Random random;
    private final Afflictions afflictions;
    private final List<Fault> faults;
    private final List<ChaosClient> clients = new ArrayList<>();
    private final List<Throwable> clientErrors =
            java.util.Collections.synchronizedList(new ArrayList<>());

    ChaosRun(
            final ClusterProcesses cluster,
            final PrintWriter out,
            final long seed,
            final int clientCount,
            final List<Fault> faults) {
        this.cluster = cluster;
        this.out = out;
        this.faults = faults;
        random = new Random(seed);
        afflictions = new Afflictions(cluster, random);
        for (int i = 0; i < clientCount; i++) {
            clients.add(
                    new ChaosClient(
                            cluster.config(), cluster.clientHost(), i, KEYS, random.nextLong()));
        }
    }

    /**
     * Runs; throws {@link CommandFailure} with what was found.
     *
     * @param durationNs after which no further fault is inflicted.
     * @param maxTurns faults after which it ends, though time remains.
     */
    void run(final long durationNs, final int maxTurns) {
        cluster.startAll();
        fill();
        final List<Thread> threads = new ArrayList<>();
        for (final ChaosClient client : clients) {
            final Thread thread = new Thread(client, "chaos-client-" + client.number());
            thread.setUncaughtExceptionHandler((itself, error) -> clientErrors.add(error));
            thread.start();
            threads.add(thread);
        }
        try {
            final long endNs = System.nanoTime() + durationNs;
            int turn = 0;
            while (turn < maxTurns && System.nanoTime() - endNs < 0) {
                inflict(
                        turn < faults.size()
                                ? faults.get(turn)
                                : faults.get(random.nextInt(faults.size())));
                turn++;
                heal();
            }
        } finally {
            clients.forEach(ChaosClient::stop);
            threads.forEach(ChaosRun::join);
        }
        if (!clientErrors.isEmpty()) {
            throw CommandFailure.failed("a client failed: " + clientErrors.get(0));
        }
        judge();
    }

    /** Entries that make snapshots, replays and seeding last long enough to be cut off. */
    private void fill() {
        try (ReplicatedClient client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(cluster.config())
                                .egressHost(cluster.clientHost()))) {
            final UnsafeBuffer key = new UnsafeBuffer(new byte[Long.BYTES]);
            final UnsafeBuffer value = new UnsafeBuffer(new byte[cluster.config().valueSize()]);
            for (int i = 0; i < FILLERS; ) {
                final CommandEncoder commands = client.commands();
                for (int j = 0; commands != null && j < FILL_BATCH; j++, i++) {
                    key.putLong(0, i);
                    commands.put(
                            PutMode.ALWAYS,
                            key,
                            0,
                            key.capacity(),
                            value,
                            0,
                            value.capacity(),
                            0,
                            false,
                            0);
                }
                client.send();
                client.poll();
            }
            client.drain();
        }
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void inflict(final Fault fault) {
        final int leader = cluster.awaitLeader();
        final int follower = (leader + 1 + random.nextInt(MEMBERS - 1)) % MEMBERS;
        say("%s (leader %d, follower %d)", fault, leader, follower);
        switch (fault) {
            case KILL_LEADER -> cluster.kill(leader);
            case KILL_FOLLOWER -> cluster.kill(follower);
            case PAUSE_LEADER -> pause(leader);
            case PAUSE_FOLLOWER -> pause(follower);
            case STEP_DOWN -> ask(leader, MemberStatus.Request.STEP_DOWN);
            case KILL_IN_SNAPSHOT -> {
                final int member = random.nextBoolean() ? leader : follower;
                say(
                        "member %d was killed in the copy of the snapshot at %d",
                        member, afflictions.killInSnapshot(member));
            }
            case KILL_ALL -> {
                for (int member = 0; member < MEMBERS; member++) {
                    cluster.kill(member);
                }
            }
            case WIPE_FOLLOWER -> {
                cluster.kill(follower);
                cluster.wipe(follower);
            }
            default -> afflictions.inflict(fault, leader, follower);
        }
        sleepMs(200 + random.nextInt(800));
    }

    private void pause(final int member) {
        cluster.pause(member);
        sleepMs(300 + random.nextInt(4_700));
        cluster.resume(member);
    }

    private void ask(final int member, final MemberStatus.Request request) {
        try (MemberStatus status = MemberStatus.attach(cluster.config().memberDir(0, member))) {
            status.ask(request);
        }
    }

    /** Everyone runs again, and enough was acknowledged since to show what the fault left. */
    private void heal() {
        afflictions.heal();
        for (int member = 0; member < MEMBERS; member++) {
            if (!cluster.isRunning(member)) {
                cluster.start(member);
            }
        }
        awaitAcknowledged(2);
        cluster.awaitAllLive();
        awaitAcknowledged(CALM_OPERATIONS);
    }

    private void awaitAcknowledged(final int ofEachClient) {
        final long until = acknowledged() + (long) ofEachClient * clients.size();
        cluster.await(
                "acknowledged operation after the fault",
                () -> acknowledged() > until || !clientErrors.isEmpty());
    }

    private long acknowledged() {
        return clients.stream().mapToLong(ChaosClient::acknowledged).sum();
    }

    private static void sleepMs(final long ms) {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        while (System.nanoTime() - endNs < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void judge() {
        final ChaosClient last =
                new ChaosClient(
                        cluster.config(),
                        cluster.clientHost(),
                        clients.size(),
                        KEYS,
                        random.nextLong());
        last.readAll();
        clients.add(last);
        long total = 0;
        long unknown = 0;
        for (int key = 0; key < KEYS; key++) {
            final List<Operation> history = new ArrayList<>();
            for (final ChaosClient client : clients) {
                history.addAll(client.history(key));
            }
            total += history.size();
            unknown += history.stream().filter(Operation::isUnknown).count();
            if (!LinearizabilityChecker.isLinearizable(history, MAX_STEPS)) {
                throw CommandFailure.failed(
                        "the history of key " + key + " is NOT linearizable:\n" + text(history));
            }
        }
        compareMembers();
        say(
                "%d operations, %d with an unknown outcome: linearizable; members alike",
                total, unknown);
    }

    private void compareMembers() {
        try (ReplicatedClient client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(cluster.config())
                                .egressHost(cluster.clientHost()))) {
            final long checksum = client.contentChecksum();
            cluster.awaitApplied(client.position());
            for (int member = 0; member < MEMBERS; member++) {
                try (MemberStatus status =
                        MemberStatus.attach(cluster.config().memberDir(0, member))) {
                    if (status.checksum() != checksum) {
                        throw CommandFailure.failed(
                                "the content of member " + member + " differs from the leader's");
                    }
                }
            }
        }
    }

    private static String text(final List<Operation> history) {
        final StringBuilder all = new StringBuilder();
        history.stream()
                .sorted(java.util.Comparator.comparingLong(Operation::invokedNs))
                .forEach(operation -> all.append(operation).append('\n'));
        return all.toString();
    }

    private void say(final String format, final Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }
}
