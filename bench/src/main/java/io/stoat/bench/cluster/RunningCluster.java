package io.stoat.bench.cluster;

import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.rig.TalkingProcess;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberKeeper;
import io.stoat.replication.MemberStatus;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;

/**
 * Three members and a client, each a process; closing it ends and removes everything; idempotent.
 */
final class RunningCluster implements AutoCloseable {
    private final ScratchDirectory scratch = ScratchDirectory.create();
    private final List<TalkingProcess> members = new ArrayList<>();
    private final ClusterSpec spec;
    private final ClusterConfig config;
    private TalkingProcess load;
    private boolean closed;

    RunningCluster(final Kind kind, final ClusterSpec spec) {
        this.spec = spec;
        final int port = spec.write(scratch.path());
        final String file = ClusterSpec.file(scratch.path()).toString();
        config = ClusterConfig.read(ClusterSpec.file(scratch.path()));
        try {
            for (int member = 0; member < ClusterSpec.MEMBERS; member++) {
                members.add(
                        Children.ofJava(
                                kind.word() + " member " + member,
                                MemberProcess.class,
                                kind.word(),
                                file,
                                String.valueOf(member),
                                spec.threads(),
                                spec.idle().name()));
            }
            members.forEach(member -> member.await(MemberProcess.READY));
            load =
                    Children.ofJava(
                            kind.word() + " client",
                            LoadProcess.class,
                            kind.word(),
                            file,
                            String.valueOf(port),
                            scratch.path().toString(),
                            spec.idle().name(),
                            String.valueOf(spec.valueLength()),
                            String.valueOf(spec.keys()));
            load.await(MemberProcess.READY);
        } catch (final RuntimeException ex) {
            close();
            throw ex;
        }
    }

    /** Its processes. */
    List<Long> pids() {
        final List<Long> pids = new ArrayList<>();
        members.forEach(member -> pids.add(member.pid()));
        pids.add(load.pid());
        return pids;
    }

    Series.Single single(final long millis) {
        final String[] words = load.ask("single " + millis, "single").split(" ");
        return new Series.Single(
                Double.parseDouble(words[0]),
                Double.parseDouble(words[1]),
                Double.parseDouble(words[2]),
                Double.parseDouble(words[3]));
    }

    Series.Batched batched(final long millis, final int puts, final int window) {
        final long beforeNs = cpuNs();
        startBatched(millis, puts, window);
        final double rate = awaitBatched();
        return new Series.Batched(rate, (cpuNs() - beforeNs) / (rate * millis / 1e3));
    }

    /** What the compilers of all processes took so far, ms. */
    long compiledMs() {
        return compiledMs(load) + members.stream().mapToLong(RunningCluster::compiledMs).sum();
    }

    private static long compiledMs(final TalkingProcess process) {
        return Long.parseLong(process.ask(MemberProcess.COMPILED, MemberProcess.COMPILED));
    }

    private long cpuNs() {
        return load.cpuNs() + members.stream().mapToLong(TalkingProcess::cpuNs).sum();
    }

    void startBatched(final long millis, final int puts, final int window) {
        load.tell("batched " + millis + ' ' + puts + ' ' + window);
    }

    double awaitBatched() {
        return Double.parseDouble(load.await("batched"));
    }

    /** A process that reads a follower's shared memory. */
    TalkingProcess followerReader() {
        for (int member = 0; member < ClusterSpec.MEMBERS; member++) {
            try (MemberStatus status = MemberStatus.attach(config.memberDir(0, member))) {
                if (!status.isLeader()) {
                    final TalkingProcess reader =
                            Children.ofJava(
                                    "reader",
                                    FollowerReader.class,
                                    config.dataDir(member).toString(),
                                    String.valueOf(spec.keys()),
                                    String.valueOf(spec.valueLength()));
                    reader.await(MemberProcess.READY);
                    return reader;
                }
            }
        }
        throw new IllegalStateException("no member follows");
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CloseHelper.quietClose(load);
        members.forEach(TalkingProcess::kill);
        for (int member = 0; member < ClusterSpec.MEMBERS; member++) {
            for (int group = 0; group < config.groups(); group++) {
                IoUtil.delete(MemberKeeper.aeronDirectory(config, group, member).toFile(), true);
            }
        }
        scratch.close();
    }
}
