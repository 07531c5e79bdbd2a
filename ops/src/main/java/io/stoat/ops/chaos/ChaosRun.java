package io.stoat.ops.chaos;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Faults from a seed, clients meanwhile, and the verdict. */
final class ChaosRun implements AutoCloseable {
    private static final int KEYS = 4;
    private static final int FILLERS = 20_000;
    private static final int CALM_OPERATIONS = 50;
    private static final int ATTEMPTS = 3;
    private static final long RIGHT_TIME_MS = 30_000;
    private static final long MAX_STEPS = 20_000_000;

    private final ClusterProcesses cluster;
    private final PrintWriter out;
    private final Random random;
    private final Scene scene;
    private final ProcessFaults processFaults;
    private final Afflictions afflictions;
    private final List<Fault> faults;
    private final List<Fault> harmless = new ArrayList<>();
    private final List<ChaosClient> clients = new ArrayList<>();
    private final List<Throwable> clientErrors =
            java.util.Collections.synchronizedList(new ArrayList<>());
    private int inflicted;
    private int struck;

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
        scene = new Scene(cluster, random);
        processFaults = new ProcessFaults(scene);
        afflictions = new Afflictions(scene);
        for (int i = 0; i < clientCount; i++) {
            clients.add(newClient());
        }
    }

    private ChaosClient newClient() {
        return new ChaosClient(
                cluster.config(), cluster.clientHost(), clients.size(), KEYS, random.nextLong());
    }

    /**
     * Runs; throws {@link CommandFailure} with what was found.
     *
     * @param durationNs after which no further fault is inflicted; {@link Long#MAX_VALUE}: none.
     * @param maxTurns faults after which it ends, though time remains; the first ones are those of
     *     the list, in its order.
     */
    void run(final long durationNs, final int maxTurns) {
        cluster.startAll();
        new Filler(cluster).fill(FILLERS);
        final List<Thread> threads = new ArrayList<>();
        for (final ChaosClient client : clients) {
            final Thread thread = new Thread(client, "chaos-client-" + client.number());
            thread.setUncaughtExceptionHandler((itself, error) -> clientErrors.add(error));
            thread.start();
            threads.add(thread);
        }
        try {
            final long endNs = System.nanoTime() + Math.min(durationNs, Long.MAX_VALUE / 2);
            for (int turn = 0; turn < maxTurns && System.nanoTime() - endNs < 0; turn++) {
                turn(
                        turn < faults.size()
                                ? faults.get(turn)
                                : faults.get(random.nextInt(faults.size())));
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

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /** A fault that does not strike is inflicted again, some times. */
    private void turn(final Fault fault) {
        boolean struck = false;
        for (int attempt = 0; attempt < ATTEMPTS && !struck; attempt++) {
            final int leader = cluster.awaitLeader();
            final int follower = (leader + 1 + random.nextInt(Scene.MEMBERS - 1)) % Scene.MEMBERS;
            say("%s (leader %d, follower %d)", fault, leader, follower);
            final Evidence evidence = inflict(fault, leader, follower);
            say("%s %s", fault, evidence);
            struck = evidence.struck();
            scene.last(100, 600);
            heal();
        }
        inflicted++;
        if (struck) {
            this.struck++;
        } else {
            harmless.add(fault);
        }
    }

    private Evidence inflict(final Fault fault, final int leader, final int follower) {
        return switch (fault) {
            case KILL_LEADER -> processFaults.kill(leader, true);
            case KILL_FOLLOWER -> processFaults.kill(follower, false);
            case PAUSE_LEADER -> processFaults.pauseLeader(leader);
            case PAUSE_FOLLOWER -> processFaults.pauseFollower(follower);
            case STEP_DOWN -> processFaults.stepDown(leader);
            case KILL_IN_SNAPSHOT ->
                    processFaults.killInSnapshot(random.nextBoolean() ? leader : follower);
            case KILL_ALL -> processFaults.killAll();
            case WIPE_FOLLOWER -> processFaults.wipe(follower);
            case KILL_IN_REPLAY -> processFaults.killInReplay(follower);
            default -> afflictions.inflict(fault, leader, follower);
        };
    }

    /** Everyone runs again, and enough was acknowledged since to show what the fault left. */
    private void heal() {
        afflictions.heal();
        for (int member = 0; member < Scene.MEMBERS; member++) {
            if (!cluster.isRunning(member)) {
                cluster.start(member);
            }
        }
        awaitAcknowledged(2);
        cluster.awaitAllLive();
        awaitAcknowledged(CALM_OPERATIONS);
        cluster.await("log with the time of the clock", this::isTimeRight);
    }

    private boolean isTimeRight() {
        final long nowMs = System.currentTimeMillis();
        for (int member = 0; member < Scene.MEMBERS; member++) {
            if (Math.abs(scene.view(member).appliedTimeMs() - nowMs) > RIGHT_TIME_MS) {
                return false;
            }
        }
        return true;
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

    private void judge() {
        final ChaosClient last = newClient();
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
            checkLocalReads(key, history);
            if (!LinearizabilityChecker.isLinearizable(history, MAX_STEPS)) {
                throw CommandFailure.failed(
                        "the history of key " + key + " is NOT linearizable:\n" + text(history));
            }
        }
        compareMembers();
        sayLocalReads();
        say(
                "%d of %d faults struck%s",
                struck, inflicted, harmless.isEmpty() ? "" : ", not: " + harmless);
        say(
                "%d operations, %d with an unknown outcome: linearizable; members alike",
                total, unknown);
    }

    private void checkLocalReads(final int key, final List<Operation> history) {
        final LocalReadCheck check = new LocalReadCheck(history);
        for (final ChaosClient client : clients) {
            for (final LocalRead read : client.localReads().answered(key)) {
                final String violation = check.violation(read);
                if (violation != null) {
                    throw CommandFailure.failed(
                            "a local read of key " + key + ' ' + violation + '\n' + text(history));
                }
            }
        }
    }

    private void sayLocalReads() {
        final Map<LocalRead.Kind, Long> counts = new EnumMap<>(LocalRead.Kind.class);
        for (final ChaosClient client : clients) {
            for (int key = 0; key < KEYS; key++) {
                client.localReads()
                        .answered(key)
                        .forEach(read -> counts.merge(read.kind(), 1L, Long::sum));
            }
        }
        say(
                "local reads: %d of any age, %d bounded, %d after a position, %d refused: none too old",
                counts.getOrDefault(LocalRead.Kind.ANY_AGE, 0L),
                counts.getOrDefault(LocalRead.Kind.BOUNDED, 0L),
                counts.getOrDefault(LocalRead.Kind.AFTER, 0L),
                clients.stream().mapToLong(client -> client.localReads().refused()).sum());
    }

    private void compareMembers() {
        try (ReplicatedClient client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(cluster.config())
                                .egressHost(cluster.clientHost()))) {
            final long checksum = client.contentChecksum();
            cluster.awaitApplied(client.position());
            for (int member = 0; member < Scene.MEMBERS; member++) {
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

    @Override
    public void close() {
        afflictions.close();
    }
}
