package io.stoat.bench.scenario;

import io.stoat.affinity.Topology;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The scenarios: which runs each is made of. */
public enum Scenario {
    /** Every way into one node. */
    SINGLE_NODE("single-node", Asked.madeUp()) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            final List<Phase> phases =
                    settings.phases(
                            settings.pick(
                                    new double[] {0.1, 0.25, 0.5, 0.7, 0.8, 0.9},
                                    new double[] {0.2, 0.5, 0.8},
                                    new double[] {0.5}));
            final String[] ways = {
                "stoat-view", "stoat-copy", "stoat-embedded", "stoat-ipc", "stoat-udp"
            };
            return each(
                    settings,
                    settings.targets(
                            settings.pick(ways, ways, new String[] {"stoat-copy", "stoat-ipc"})),
                    settings.workload("ycsb-b"),
                    phases);
        }
    },
    /** Three replicated nodes. */
    THREE_NODE("three-node", Asked.madeUp()) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            return ClusterRuns.threeNode(settings);
        }
    },
    /** Three replicated nodes, of which the leader is killed. */
    FAILOVER("failover", Asked.madeUpWithout(Asked.P99, Asked.WINDOW)) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            return ClusterRuns.failover(settings);
        }
    },
    /** Lengths of values. */
    VALUE_SIZE("value-size", Asked.madeUp()) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            final int[] lengths =
                    settings.valueLength() > 0
                            ? new int[] {settings.valueLength()}
                            : settings.pick(
                                    new int[] {8, 32, 128, 512, 2048, 8192, 32_768, 65_536},
                                    new int[] {8, 1024, 65_536},
                                    new int[] {8, 65_536});
            final List<Target> targets =
                    settings.targets(
                            settings.pick(
                                    new String[] {
                                        "memcpy",
                                        "stoat-view",
                                        "stoat-copy",
                                        "stoat-ipc",
                                        "stoat-udp"
                                    },
                                    new String[] {"stoat-copy", "stoat-ipc"},
                                    new String[] {"stoat-copy"}));
            final List<RunSpec> runs = new ArrayList<>();
            for (final int length : lengths) {
                final Workload workload = settings.workload("ycsb-b");
                runs.addAll(
                        each(
                                settings,
                                targets,
                                workload.withValueLength(length)
                                        .withKeys(Math.min(workload.keys(), SWEEP_BYTES / length)),
                                settings.phases()));
            }
            return runs;
        }
    },
    /** Clients at the same time. */
    CONCURRENCY("concurrency", Asked.madeUp()) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            final List<Target> targets =
                    settings.quick()
                            ? settings.targets("stoat-ipc")
                            : settings.targets("stoat-ipc", "stoat-udp");
            return byClients(
                    settings,
                    targets,
                    settings.workload("ycsb-b"),
                    settings.pick(new int[] {1, 2, 4, 8, 16}, new int[] {1, 4}, new int[] {4}));
        }
    },
    /** Requests in flight of one client. */
    PIPELINING("pipelining", Asked.madeUp()) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            final List<Phase> phases =
                    new ArrayList<>(
                            settings.windowPhases(
                                    settings.quick()
                                            ? new int[] {1, 64}
                                            : new int[] {1, 4, 16, 64, 256}));
            phases.addAll(
                    settings.openPhases(
                            settings.quick()
                                    ? new double[0]
                                    : new double[] {0.1, 0.25, 0.5, 0.75}));
            final List<Target> targets =
                    settings.quick()
                            ? settings.targets("stoat-ipc-pipelined")
                            : settings.targets(
                                    "stoat-ipc-pipelined",
                                    "stoat-udp-pipelined",
                                    "aeron-echo-ipc",
                                    "aeron-echo-udp");
            return each(settings, targets, settings.workload("ycsb-b"), phases);
        }
    },
    /** Reading threads over the same memory. */
    THREADS("threads", Asked.madeUp()) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            final int cores = Topology.read().usable().size();
            final int[] counts =
                    IntStream.of(1, cores - 1, cores, cores + 1, 2 * cores)
                            .filter(count -> count > settings.pick(0, 0, Math.min(1, cores - 1)))
                            .filter(count -> settings.pick(2 * cores, cores + 1, cores) >= count)
                            .distinct()
                            .sorted()
                            .toArray();
            final List<Target> targets =
                    settings.quick()
                            ? settings.targets("stoat-copy")
                            : settings.targets("stoat-copy", "stoat-view", "memcpy");
            return byClients(settings, targets, settings.workload("ycsb-c"), counts);
        }
    },
    /** The core workloads of YCSB. */
    MIXED_READ_WRITE("mixed-read-write", Asked.madeUp()) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            final List<Target> targets =
                    settings.quick()
                            ? settings.targets("stoat-embedded")
                            : settings.targets("stoat-copy", "stoat-embedded", "stoat-ipc");
            final List<RunSpec> runs = new ArrayList<>();
            final String letters =
                    settings.workload() == null ? settings.pick("abcdef", "ade", "a") : "a";
            for (final char letter : letters.toCharArray()) {
                runs.addAll(
                        each(
                                settings,
                                targets,
                                settings.workload("ycsb-" + letter),
                                settings.phases()));
            }
            return runs;
        }
    },
    /** Stoat and its peers. */
    PEERS("peers", Asked.madeUp()) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            final List<Phase> phases =
                    settings.phases(
                            settings.pick(
                                    new double[] {0.25, 0.5, 0.75},
                                    new double[] {0.5},
                                    new double[] {0.5}));
            final String[] all = Targets.all().stream().map(Target::name).toArray(String[]::new);
            return each(
                    settings,
                    settings.targets(settings.pick(all, QUICK_PEERS, QUICK_PEERS_OF_SEVERAL)),
                    settings.servedWorkload("ycsb-b"),
                    phases);
        }
    },
    /** What each optimization brings: the same run with and without it. */
    SWITCHES(
            "switches",
            EnumSet.of(Asked.KEYS, Asked.VALUE_SIZE, Asked.TTL_SHARE, Asked.KEY_ORDER)) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            return SwitchRuns.of(settings);
        }
    },
    /** Recorded trades. */
    REPLAY(
            "replay",
            EnumSet.of(
                    Asked.TARGETS,
                    Asked.KEYS,
                    Asked.VALUE_SIZE,
                    Asked.CLIENTS,
                    Asked.OPTION,
                    Asked.TAPE,
                    Asked.PACE)) {
        @Override
        List<RunSpec> runs(final Settings settings) {
            if (settings.tape() == null) {
                throw new IllegalArgumentException(
                        "scenario replay needs trades: give --tape FILE, a CSV file with the columns Time, Price and Volume");
            }
            final Workload workload =
                    Workload.replay().withKeys(settings.keys() > 0 ? settings.keys() : 100);
            final Phase phase =
                    settings.pace() > 0
                            ? Phase.replay(settings.pace(), settings.phaseMs())
                            : Phase.closed(settings.phaseMs());
            final String[] ways = {"stoat-embedded", "stoat-ipc", "stoat-udp"};
            return each(
                    settings,
                    settings.targets(settings.pick(ways, ways, new String[] {"stoat-ipc"})),
                    settings.valueLength() > 0
                            ? workload.withValueLength(settings.valueLength())
                            : workload,
                    List.of(phase));
        }
    };

    private static final long SWEEP_BYTES = 64L << 20;

    /** Without pipelined clients and clusters, which have scenarios of their own. */
    private static final String[] QUICK_PEERS = {
        "stoat-view",
        "stoat-copy",
        "stoat-embedded",
        "stoat-ipc",
        "stoat-udp",
        "chronicle-map",
        "lmdb",
        "rocksdb",
        "redis",
        "memcached",
        "etcd",
        "aeron-echo-ipc",
        "aeron-echo-udp",
        "memcpy",
        "none"
    };

    private static final String[] QUICK_PEERS_OF_SEVERAL = {"chronicle-map", "lmdb", "none"};

    private final String label;
    private final Set<Asked> taken;

    Scenario(final String label, final Set<Asked> taken) {
        this.label = label;
        this.taken = taken;
    }

    /** What may be asked of it. */
    Set<Asked> taken() {
        return taken;
    }

    /**
     * @return the name in commands and results.
     */
    public String label() {
        return label;
    }

    /**
     * @param label of a scenario.
     * @return the scenario.
     * @throws IllegalArgumentException naming the known ones.
     */
    public static Scenario named(final String label) {
        for (final Scenario scenario : values()) {
            if (scenario.label.equals(label)) {
                return scenario;
            }
        }
        throw new IllegalArgumentException(
                "scenario "
                        + label
                        + " is unknown: use one of "
                        + String.join(
                                ", ",
                                java.util.Arrays.stream(values()).map(Scenario::label).toList()));
    }

    /**
     * @param settings asked for.
     * @return its runs, once each, with those of targets that are not there or cannot make them.
     */
    abstract List<RunSpec> runs(Settings settings);

    List<RunSpec> each(
            final Settings settings,
            final List<Target> targets,
            final Workload workload,
            final List<Phase> phases) {
        final int clients = Math.max(1, settings.clients());
        return targets.stream()
                .map(target -> run(settings, target, workload, clients, phases))
                .toList();
    }

    /** Runs with numbers of clients: those named, if no other was asked for. */
    List<RunSpec> byClients(
            final Settings settings,
            final List<Target> targets,
            final Workload workload,
            final int[] otherwise) {
        final int[] counts = settings.clients() > 0 ? new int[] {settings.clients()} : otherwise;
        final List<RunSpec> runs = new ArrayList<>();
        for (final int count : counts) {
            for (final Target target : targets) {
                runs.add(run(settings, target, workload, count, settings.phases()));
            }
        }
        return runs;
    }

    private RunSpec run(
            final Settings settings,
            final Target target,
            final Workload workload,
            final int clients,
            final List<Phase> phases) {
        return new RunSpec(
                label,
                target.name(),
                workload,
                clients,
                phases,
                settings.warmUpMs(),
                settings.sampleMs(),
                settings.tape() == null || this != REPLAY ? "" : settings.tape(),
                settings.plan(),
                settings.optionsOf(target));
    }
}
