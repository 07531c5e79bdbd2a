package io.stoat.bench.target;

import java.util.List;

/** How a target's server process is started, and how it is known to be ready. */
public interface NodeLauncher {
    /**
     * @param context of the run; without an address.
     * @param address that the node is to listen on: a free port, or what the target makes of it.
     * @param plan of the node's threads.
     * @return the command line. A first word of {@link #JAVA} stands for the JVM of the build under
     *     test, with its flags and class path.
     */
    List<String> command(RunContext context, String address, String plan);

    /** First word of a command line that runs in the JVM of the build under test. */
    String JAVA = "java";

    /**
     * @return an address for one run, such as a free port.
     */
    String newAddress();

    /**
     * @return how long the node may take to end after its input has ended, ms, before it is told to
     *     by a signal.
     */
    default long endTimeoutMs() {
        return 500;
    }

    /**
     * @param context of the run.
     * @param address of the node.
     * @param line of the node's output, or null to ask without one.
     * @return whether the node is ready; those of this project say so in a line.
     */
    default boolean isReady(final RunContext context, final String address, final String line) {
        return StoatNode.READY.equals(line);
    }
}
