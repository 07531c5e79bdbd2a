package io.stoat.bench.target;

import io.stoat.affinity.CpuSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** A server that the host may have installed, on a free TCP port of the loopback interface. */
final class ServerProgram implements NodeLauncher {
    private final String program;
    private final BiFunction<RunContext, Integer, List<String>> arguments;

    /**
     * @param program name of the file.
     * @param arguments for a run, by its port.
     */
    ServerProgram(
            final String program, final BiFunction<RunContext, Integer, List<String>> arguments) {
        this.program = program;
        this.arguments = arguments;
    }

    /** Why it cannot be measured, or null. */
    String absence() {
        return Programs.find(program) == null ? program + " is not installed" : null;
    }

    @Override
    public List<String> command(final RunContext context, final String address, final String plan) {
        final List<String> command = new ArrayList<>(pinning(plan));
        command.add(Programs.find(program).toString());
        command.addAll(arguments.apply(context, Integer.parseInt(address)));
        return command;
    }

    /** Starts the program on the CPUs that the plan gives to a node's threads. */
    private static List<String> pinning(final String plan) {
        final Path taskset = Programs.find("taskset");
        final CpuSet cpus = StoatNode.cpus(plan);
        return taskset == null || cpus.isEmpty()
                ? List.of()
                : List.of(taskset.toString(), "-c", cpus.toString());
    }

    @Override
    public String newAddress() {
        return String.valueOf(Ports.freeTcp());
    }

    @Override
    public boolean isReady(final RunContext context, final String address, final String line) {
        return Programs.isListening(Integer.parseInt(address));
    }

    /** A connector whose sessions each have a client of their own. */
    static Target.Connector connector(final Supplier<BlockingStore> clients) {
        return new Target.Connector() {
            @Override
            public Function<InFlight, Session> connect(final int client) {
                return inFlight -> new BlockingSession(clients.get(), inFlight);
            }

            @Override
            public void close() {
                // each session closes its client
            }
        };
    }
}
