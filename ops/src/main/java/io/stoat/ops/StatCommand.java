package io.stoat.ops;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.store.Eviction;
import io.stoat.store.ShardStat;
import io.stoat.store.StoreReader;
import io.stoat.store.StoreStat;
import io.stoat.transport.NodeCounters;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat stat}: owner, heartbeat and fill of each shard, or the node's threads, read from
 * shared memory.
 */
@Command(
        name = "stat",
        description =
                "Show owner, heartbeat and fill of each shard of a data directory, or the node's threads.",
        footer = {
            "",
            "With --threads: a duty cycle lasts from one look for work to the next; a slow one is longer than the",
            "node's --slow-cycle-us. Recent is the last half to whole minute. Busy is the share of the time in",
            "duty cycles that found work.",
            "",
            "Examples:",
            "  stoat stat --data-dir /dev/shm/prices --json",
            "  stoat stat --data-dir /dev/shm/prices --threads"
        })
final class StatCommand implements Callable<Integer> {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = StoreOptions.DEFAULT_DATA_DIR,
            description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path dataDir;

    @Option(
            names = "--threads",
            description = "Show the node's threads: role, CPU, idle strategy, duty cycles.")
    private boolean threads;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        dataDir = StoreOptions.shardsOf(dataDir);
        if (threads) {
            showThreads();
            return ExitCode.OK;
        }
        try (StoreReader reader = StoreReader.attach(dataDir)) {
            final StoreStat stat = reader.stat();
            final PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(
                        JSON.std
                                .with(JSON.Feature.PRETTY_PRINT_OUTPUT)
                                .asString(asMap(stat, counters(stat))));
            } else {
                print(stat, out);
                counters(stat).ifPresent(counters -> print(counters, out));
            }
        }
        return ExitCode.OK;
    }

    private void showThreads() throws IOException {
        final ThreadTable table = ThreadTable.read(dataDir);
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(table.asMap()));
        } else {
            table.print(out);
        }
        out.flush();
    }

    private void print(final StoreStat stat, final PrintWriter out) {
        out.printf(
                "data directory  %s (layout %d, generation %d)%n",
                dataDir, stat.layoutVersion(), stat.generation());
        out.printf(
                "owner           pid %d since %s, %s%n",
                stat.ownerPid(), Instant.ofEpochMilli(stat.ownerStartMs()), heartbeat(stat));
        out.printf("longest value   %d bytes%n", stat.maxValueLength());
        final ShardStat first = stat.shards().get(0);
        out.printf(
                "when full       %s%n%n",
                first.eviction() == Eviction.REJECT
                        ? "reject"
                        : settingOf(first.eviction()) + " above " + first.highWaterPercent() + "%");
        out.printf(
                "%5s %12s %12s %6s %7s %14s %12s %12s %9s %10s%n",
                "shard",
                "entries",
                "capacity",
                "fill",
                "fullest",
                "value bytes",
                "version",
                "file MiB",
                "segments",
                "evicted");
        for (final ShardStat shard : stat.shards()) {
            out.printf(
                    "%5d %12d %12d %5.1f%% %6d%% %14d %12d %12.1f %9d %10d%n",
                    shard.shard(),
                    shard.entries(),
                    shard.capacityEntries(),
                    fill(shard),
                    shard.fullestSegmentPercent(),
                    shard.valueBytes(),
                    shard.appliedPosition(),
                    shard.mapFileBytes() / 1048576.0,
                    shard.segments(),
                    shard.evictions());
        }
    }

    /** The setting's value as users write it. */
    static String settingOf(final Eviction eviction) {
        return eviction.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static double fill(final ShardStat shard) {
        return 100.0 * shard.entries() / shard.capacityEntries();
    }

    private static String heartbeat(final StoreStat stat) {
        return switch (stat.ownerState()) {
            case CLOSED -> "closed cleanly";
            case STALE -> "NO HEARTBEAT for " + ageMs(stat) + " ms";
            case ALIVE -> "alive, heartbeat " + ageMs(stat) + " ms ago";
        };
    }

    private static long ageMs(final StoreStat stat) {
        return Math.max(0, System.currentTimeMillis() - stat.heartbeatMs());
    }

    /** Of a node that serves the directory. */
    private Optional<NodeCounters> counters(final StoreStat stat) {
        return stat.ownerState() == StoreReader.OwnerState.ALIVE
                ? NodeCounters.read(dataDir)
                : Optional.empty();
    }

    private static void print(final NodeCounters counters, final PrintWriter out) {
        out.printf(
                "%nrequests %d, malformed messages %d, sessions %d (refused %d, ended %d), dropped answers %d, waited for clients %d%n",
                counters.requests(),
                counters.malformed(),
                counters.sessions(),
                counters.refusedSessions(),
                counters.endedSessions(),
                counters.droppedResponses(),
                counters.backPressured());
    }

    private static Map<String, Object> asMap(final NodeCounters counters) {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("requests", counters.requests());
        map.put("malformed", counters.malformed());
        map.put("sessions", counters.sessions());
        map.put("refusedSessions", counters.refusedSessions());
        map.put("endedSessions", counters.endedSessions());
        map.put("droppedResponses", counters.droppedResponses());
        map.put("backPressured", counters.backPressured());
        return map;
    }

    private static Map<String, Object> asMap(
            final StoreStat stat, final Optional<NodeCounters> counters) {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("layoutVersion", stat.layoutVersion());
        map.put("generation", stat.generation());
        map.put("ownerPid", stat.ownerPid());
        map.put("ownerStartMs", stat.ownerStartMs());
        map.put("ownerState", stat.ownerState().name());
        map.put("heartbeatMs", stat.heartbeatMs());
        map.put("maxValueLength", stat.maxValueLength());
        map.put("eviction", settingOf(stat.shards().get(0).eviction()));
        map.put("highWaterPercent", stat.shards().get(0).highWaterPercent());
        final List<Map<String, Object>> shards = new ArrayList<>();
        for (final ShardStat shard : stat.shards()) {
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("shard", shard.shard());
            row.put("entries", shard.entries());
            row.put("capacityEntries", shard.capacityEntries());
            row.put("fillPercent", fill(shard));
            row.put("valueBytes", shard.valueBytes());
            row.put("entryBytes", shard.entryBytes());
            row.put("capacityBytes", shard.capacityBytes());
            row.put("fullestSegmentPercent", shard.fullestSegmentPercent());
            row.put("evictions", shard.evictions());
            row.put("appliedPosition", shard.appliedPosition());
            row.put("leadershipTerm", shard.leadershipTerm());
            row.put("mapFileBytes", shard.mapFileBytes());
            row.put("segments", shard.segments());
            shards.add(row);
        }
        map.put("shards", shards);
        counters.ifPresent(counted -> map.put("counters", asMap(counted)));
        return map;
    }
}
