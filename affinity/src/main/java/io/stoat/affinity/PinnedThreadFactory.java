package io.stoat.affinity;

import java.util.BitSet;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import net.openhft.affinity.Affinity;

/**
 * Makes the thread that a plan describes: named by its roles, and pinned by itself before it runs
 * its task.
 *
 * <p>A thread inherits the CPUs of the thread that starts it. So start threads from one that is not
 * pinned, and keep in mind that a pinned thread's own children share its CPU.
 */
public final class PinnedThreadFactory implements ThreadFactory {
    private final PlannedThread plan;
    private final boolean daemon;
    private final Consumer<PinningRefusal> onRefusal;

    /**
     * @param plan of the thread.
     * @param daemon whether the JVM may end while the thread runs.
     * @param onRefusal told by the new thread, before its task, that it could not be pinned; the
     *     task runs all the same.
     */
    public PinnedThreadFactory(
            final PlannedThread plan,
            final boolean daemon,
            final Consumer<PinningRefusal> onRefusal) {
        this.plan = Objects.requireNonNull(plan, "plan");
        this.daemon = daemon;
        this.onRefusal = Objects.requireNonNull(onRefusal, "onRefusal");
    }

    @Override
    public Thread newThread(final Runnable task) {
        final Runnable namedTask =
                () -> {
                    // whoever starts it may have named it after something else meanwhile
                    Thread.currentThread().setName(plan.name());
                    if (plan.isPinned()) {
                        pin();
                    }
                    task.run();
                };
        final Thread thread = new Thread(namedTask, plan.name());
        thread.setDaemon(daemon);
        return thread;
    }

    private void pin() {
        Throwable cause;
        try {
            Affinity.setAffinity(plan.cpu());
            final BitSet actual = Affinity.getAffinity();
            if (actual.cardinality() == 1 && actual.get(plan.cpu())) {
                return;
            }
            // where there is no native library, OpenHFT affinity does nothing and says nothing
            cause = new IllegalStateException("its CPUs are " + actual + " afterwards");
        } catch (final RuntimeException | LinkageError ex) {
            cause = ex;
        }
        final String name = Thread.currentThread().getName();
        try {
            onRefusal.accept(new PinningRefusal(name, plan.cpu(), cause));
        } catch (final RuntimeException ex) {
            // a report that fails is no reason not to run
            final Thread self = Thread.currentThread();
            self.getUncaughtExceptionHandler().uncaughtException(self, ex);
        }
    }
}
