package io.stoat.ops;

import io.stoat.affinity.Finding;
import io.stoat.affinity.HostCheck;
import io.stoat.affinity.Level;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
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
            "Exit code 1 if something is unfit (FAIL)."
        },
        footer = {"", "Example:", "  stoat doctor --data-dir /dev/shm/prices"})
final class DoctorCommand implements Callable<Integer> {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = StoreOptions.DEFAULT_DATA_DIR,
            description = "Data directory, which need not exist (default: ${DEFAULT-VALUE}).")
    private Path dataDir;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        final List<Finding> findings = HostCheck.run(dataDir);
        for (final Finding finding : findings) {
            out.printf("%-8s%-28s %s%n", finding.level(), finding.name(), finding.observed());
            if (finding.level() == Level.WARN || finding.level() == Level.FAIL) {
                out.println("        costs: " + finding.cost());
                out.println("        mend:  " + finding.mend());
            }
        }
        out.flush();
        return findings.stream().anyMatch(finding -> finding.level() == Level.FAIL)
                ? ExitCode.FAILED
                : ExitCode.OK;
    }
}
