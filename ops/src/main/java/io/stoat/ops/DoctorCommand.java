package io.stoat.ops;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.affinity.Finding;
import io.stoat.affinity.HostCheck;
import io.stoat.affinity.Level;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stoat doctor}: what makes this host slow or unfit, what it costs and how to mend it. */
@Command(
        name = "doctor",
        description = {
            "Check the host for what costs latency: each finding with what it costs and the mend.",
            "FAIL: does not work, or ruins latency. WARN: works, and costs latency. UNKNOWN: the host does not tell.",
            "Exit code 1 if something is unfit (FAIL)."
        },
        footer = {
            "",
            "ops/scripts/prepare-host prints, and with --apply runs, most of the mending commands.",
            "",
            "Examples:",
            "  stoat doctor --data-dir /dev/shm/prices",
            "  stoat doctor --json"
        })
final class DoctorCommand implements Callable<Integer> {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = StoreOptions.DEFAULT_DATA_DIR,
            description = "Data directory, which need not exist (default: ${DEFAULT-VALUE}).")
    private Path dataDir;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final Topology topology = Topology.read();
        final List<Finding> findings = HostCheck.run(dataDir);
        if (json) {
            out.println(
                    JSON.std
                            .with(JSON.Feature.PRETTY_PRINT_OUTPUT)
                            .asString(asMap(topology, findings)));
        } else {
            print(out, topology, findings);
        }
        out.flush();
        return count(findings, Level.FAIL) > 0 ? ExitCode.FAILED : ExitCode.OK;
    }

    private static long count(final List<Finding> findings, final Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    private static String automaticPlan(final Topology topology) {
        return ThreadPlan.automatic(topology, Role.DRIVER, Role.read(0), Role.write(0)).toString();
    }

    private static void print(
            final PrintWriter out, final Topology topology, final List<Finding> findings) {
        for (final Finding finding : findings) {
            out.printf("%-8s%-28s %s%n", finding.level(), finding.name(), finding.observed());
            if (!finding.cost().isEmpty()) {
                out.println("        costs: " + finding.cost());
            }
            if (!finding.mend().isEmpty()) {
                out.println("        mend:  " + finding.mend());
            }
        }
        out.println();
        out.println("CPUs             " + topology);
        out.println("automatic plan   " + automaticPlan(topology) + " (stoat node --threads auto)");
        out.printf(
                "findings         %d FAIL, %d WARN, %d OK, %d UNKNOWN%n",
                count(findings, Level.FAIL),
                count(findings, Level.WARN),
                count(findings, Level.OK),
                count(findings, Level.UNKNOWN));
    }

    private static Map<String, Object> asMap(
            final Topology topology, final List<Finding> findings) {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("cpus", topology.toString());
        map.put("automaticPlan", automaticPlan(topology));
        for (final Level level : Level.values()) {
            map.put(level.name(), count(findings, level));
        }
        final List<Map<String, Object>> rows = new ArrayList<>();
        for (final Finding finding : findings) {
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", finding.name());
            row.put("level", finding.level().name());
            row.put("observed", finding.observed());
            row.put("cost", finding.cost());
            row.put("mend", finding.mend());
            rows.add(row);
        }
        map.put("findings", rows);
        return map;
    }
}
