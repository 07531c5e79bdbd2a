package io.stoat.replication;

import io.stoat.store.StoreException;
import io.stoat.store.StoreReader;
import io.stoat.store.StoreVerification;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Checks every structure and entry of shards that a member goes on with, as another process left
 * them: what happened to the files in between nobody has seen. On a thread of its own, while the
 * member runs, with half of a processor.
 */
final class ResumeCheck implements Runnable {
    private final Path dataDir;
    private final Consumer<String> onDamage;
    private final Thread thread;
    private volatile boolean isStopped;
    private String finding;
    private long workedSinceNs;

    /**
     * @param onDamage told once, by the thread, what was found first; not called when nothing was.
     */
    ResumeCheck(final Path dataDir, final Consumer<String> onDamage) {
        this.dataDir = dataDir;
        this.onDamage = onDamage;
        thread = new Thread(this, "stoat-resume-check");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Ends it soon; any thread. */
    void stop() {
        isStopped = true;
    }

    @Override
    public void run() {
        try (StoreReader reader = StoreReader.attach(dataDir)) {
            workedSinceNs = System.nanoTime();
            new StoreVerification(reader).betweenSegments(this::pause).run(this::note);
        } catch (final CancellationException stopped) {
            return;
        } catch (final StoreException unreadable) {
            note(unreadable.getMessage());
        }
        if (finding != null && !isStopped) {
            onDamage.accept(finding);
        }
    }

    private void note(final String found) {
        finding = finding == null ? found : finding;
    }

    private void pause() {
        if (isStopped) {
            throw new CancellationException();
        }
        LockSupport.parkNanos(System.nanoTime() - workedSinceNs);
        workedSinceNs = System.nanoTime();
    }
}
