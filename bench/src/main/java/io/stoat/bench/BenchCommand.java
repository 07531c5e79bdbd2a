package io.stoat.bench;

import io.stoat.bench.cluster.ClusterBenchCommand;
import io.stoat.bench.cluster.SnapshotCommand;
import io.stoat.bench.echo.BurstCommand;
import io.stoat.bench.echo.EchoCommand;
import io.stoat.bench.large.LargeCommand;
import io.stoat.bench.scaling.ReadersCommand;
import picocli.CommandLine.Command;

/** {@code stoat bench}: measures Stoat and its peers on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures Stoat and its peers on this machine.",
        subcommands = {
            ScenarioCommand.SingleNode.class,
            ScenarioCommand.ThreeNode.class,
            ScenarioCommand.Failover.class,
            ScenarioCommand.ValueSize.class,
            ScenarioCommand.Concurrency.class,
            ScenarioCommand.Pipelining.class,
            ScenarioCommand.Threads.class,
            ScenarioCommand.MixedReadWrite.class,
            ScenarioCommand.Peers.class,
            ScenarioCommand.Switches.class,
            ScenarioCommand.Replay.class,
            ScenarioCommand.All.class,
            GateCommand.class,
            GateRehearsalCommand.class,
            ReadersCommand.class,
            LargeCommand.class,
            ValueLengthsCommand.class,
            EchoCommand.class,
            ClusterBenchCommand.class,
            SnapshotCommand.class,
            BurstCommand.class,
            JmhCommand.class,
            RatiosCommand.class,
            NumbersCommand.class
        })
public final class BenchCommand {}
