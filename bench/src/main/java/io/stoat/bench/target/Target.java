package io.stoat.bench.target;

import io.stoat.bench.workload.Workload;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A store under load: a way into Stoat, a peer, or the physical floor, with the settings that its
 * authors recommend for this use. Stateless.
 */
public interface Target {
    /**
     * @return the name in commands and results.
     */
    String name();

    /**
     * @return why it cannot be measured on this host, or null when it can.
     */
    default String absence() {
        return null;
    }

    /**
     * @return version of what is measured.
     */
    String version();

    /**
     * @return settings that matter for the figures.
     */
    String settings();

    /**
     * @param options of a run.
     * @return settings that matter for the figures, with these options.
     */
    default String settings(final Map<String, String> options) {
        return settings();
    }

    /**
     * @return most clients at a time.
     */
    default int maxClients() {
        return Integer.MAX_VALUE;
    }

    /**
     * @param workload asked for.
     * @return whether sessions can carry out every kind of its operations.
     */
    default boolean supports(final Workload workload) {
        return true;
    }

    /**
     * @return names of the options that change it: variants to compare.
     */
    default Set<String> options() {
        return Set.of();
    }

    /**
     * @return processes that a run starts, to tell how long that takes.
     */
    default int processes() {
        return nodeLauncher() == null ? 1 : 2;
    }

    /**
     * @return about how long the load of one key takes, to tell how long a run takes, ns.
     */
    default long loadNsPerKey() {
        return 5_000;
    }

    /**
     * @return how its server process is started, or null when it has none.
     */
    default NodeLauncher nodeLauncher() {
        return null;
    }

    /**
     * Opens the target in the load's process.
     *
     * @param context of the run.
     * @return the open target; the caller closes it.
     */
    Connector open(RunContext context);

    /** What may be made to happen to a target while a load is on it. */
    enum Event {
        /** The leading node is killed by SIGKILL; over when it is back and has caught up. */
        KILL_LEADER("kill", "rejoined"),
        /** All nodes write a snapshot; over when the leader has it. */
        SNAPSHOT("snapshot", "snapshot done");

        private final String label;
        private final String endLabel;

        Event(final String label, final String endLabel) {
            this.label = label;
            this.endLabel = endLabel;
        }

        /**
         * @return mark of the event on a time series.
         */
        public String label() {
            return label;
        }

        /**
         * @return mark of its end.
         */
        public String endLabel() {
            return endLabel;
        }

        /**
         * @param label of an event.
         * @return the event.
         */
        public static Event of(final String label) {
            for (final Event event : values()) {
                if (event.label.equals(label)) {
                    return event;
                }
            }
            throw new IllegalArgumentException("event " + label + " is unknown");
        }
    }

    /** An open target, in the load's process. */
    interface Connector extends AutoCloseable {
        /**
         * Connects a client.
         *
         * @param client number of the client.
         * @return makes the session, on the client's own thread.
         */
        Function<InFlight, Session> connect(int client);

        /**
         * @return whether the keys are in the store already.
         */
        default boolean isLoaded() {
            return false;
        }

        /**
         * Makes something happen.
         *
         * @param event to cause now.
         * @return tells whether it is over; any thread.
         */
        default BooleanSupplier cause(final Event event) {
            throw new IllegalArgumentException("this target knows no " + event.label());
        }

        @Override
        void close();
    }
}
