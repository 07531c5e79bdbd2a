package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.ExclusivePublication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.archive.status.RecordingPos;
import io.stoat.store.Checkpoint;
import io.stoat.store.DamageException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.status.CountersReader;

/**
 * Completes a snapshot whose small state is recorded already: extends its recording by the entries
 * of a {@link Checkpoint} and the end mark, on a thread of its own, while the service goes on.
 * Until the end mark is there the snapshot counts for nothing.
 */
final class SnapshotCopier implements Runnable {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NS = 1_000_000;

    private final MemberContext context;
    private final AeronArchive.Context archiveContext;
    private final long recordingId;
    private final SnapshotTransmission transmission;
    private final Checkpoint checkpoint;
    private final SnapshotProgress progress;
    private final OwnMemberStatus status;
    private final long pauseNs;
    private final Consumer<String> onDamage;
    private final Thread thread;
    private volatile boolean isStopped;

    /**
     * @param archiveContext how the member's archive is reached; used up here.
     * @param recordingId of the snapshot.
     * @param transmission that has written the small state.
     * @param pauseNs how long the service stood still for it.
     * @param onDamage told by the copier's thread that an entry or shard is damaged.
     */
    SnapshotCopier(
            final MemberContext context,
            final AeronArchive.Context archiveContext,
            final long recordingId,
            final SnapshotTransmission transmission,
            final Checkpoint checkpoint,
            final SnapshotProgress progress,
            final OwnMemberStatus status,
            final long pauseNs,
            final Consumer<String> onDamage) {
        this.onDamage = onDamage;
        this.context = context;
        this.archiveContext = archiveContext;
        this.recordingId = recordingId;
        this.transmission = transmission;
        this.checkpoint = checkpoint;
        this.progress = progress;
        this.status = status;
        this.pauseNs = pauseNs;
        thread = new Thread(this, "stoat-member-snapshot");
        thread.setDaemon(true);
    }

    void start() {
        status.snapshotInCopy(checkpoint.position());
        thread.start();
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Whether the thread has nothing more to do with the checkpoint. */
    boolean isDone() {
        return !thread.isAlive();
    }

    /** Ends the copy, complete or not, and waits for that; any thread. */
    void stop() {
        isStopped = true;
        checkpoint.abandon();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException ex) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        final long startNs = System.nanoTime();
        try {
            record();
            status.snapshot(checkpoint.position(), pauseNs);
            status.snapshotCopy(System.nanoTime() - startNs);
            progress.complete(checkpoint.position());
        } catch (final RuntimeException ex) {
            checkpoint.abandon();
            progress.failed();
            if (!isStopped) {
                context.errorHandler()
                        .onError(
                                new ReplicationException(
                                        "the snapshot at position "
                                                + checkpoint.position()
                                                + " stays incomplete and does not count: "
                                                + ex.getMessage(),
                                        ex));
            }
            if (ex instanceof DamageException) {
                onDamage.accept(ex.getMessage());
            }
        } finally {
            status.snapshotInCopy(0);
        }
    }

    private void record() {
        try (Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(archiveContext.aeronDirectoryName())
                                        .errorHandler(context.errorHandler())
                                        .subscriberErrorHandler(context.errorHandler()));
                AeronArchive archive =
                        AeronArchive.connect(archiveContext.aeron(aeron).ownsAeronClient(false))) {
            awaitStop(archive);
            try (ExclusivePublication publication = extend(aeron, archive)) {
                final CountersReader counters = aeron.countersReader();
                final int counterId = awaitRecording(counters, publication, archive);
                transmission.continueOn(publication, new WantedIdle());
                checkpoint.copy(transmission::addEntry);
                context.beforeSnapshotEnd().run();
                requireWanted();
                transmission.end();
                awaitRecorded(counters, counterId, publication.position(), archive);
            }
        }
    }

    /** The service's part of the recording ends when its publication is closed. */
    private void awaitStop(final AeronArchive archive) {
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (archive.getStopPosition(recordingId) == AeronArchive.NULL_POSITION) {
            idleUntil(deadlineNs, "the end of the snapshot's first part");
        }
    }

    private ExclusivePublication extend(final Aeron aeron, final AeronArchive archive) {
        final Recording recording = Recording.find(archive, recordingId);
        if (recording == null) {
            throw new ReplicationException("the archive has no recording " + recordingId);
        }
        final String uri =
                new ChannelUriStringBuilder()
                        .media("ipc")
                        .initialPosition(
                                recording.stopPosition(),
                                recording.initialTermId(),
                                recording.termLength())
                        .mtu(recording.mtu())
                        .build();
        final ExclusivePublication publication =
                aeron.addExclusivePublication(uri, recording.streamId());
        archive.extendRecording(
                recordingId,
                ChannelUri.addSessionId("aeron:ipc", publication.sessionId()),
                recording.streamId(),
                SourceLocation.LOCAL,
                true);
        return publication;
    }

    private int awaitRecording(
            final CountersReader counters,
            final ExclusivePublication publication,
            final AeronArchive archive) {
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (true) {
            final int counterId =
                    RecordingPos.findCounterIdBySession(
                            counters, publication.sessionId(), archive.archiveId());
            if (counterId != CountersReader.NULL_COUNTER_ID) {
                return counterId;
            }
            archive.checkForErrorResponse();
            idleUntil(deadlineNs, "the recording to go on");
        }
    }

    private void awaitRecorded(
            final CountersReader counters,
            final int counterId,
            final long position,
            final AeronArchive archive) {
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (counters.getCounterValue(counterId) < position) {
            archive.checkForErrorResponse();
            if (!RecordingPos.isActive(counters, counterId, recordingId)) {
                throw new ReplicationException(
                        "its recording stopped; is the disk of the member full?");
            }
            idleUntil(deadlineNs, "the end mark to be recorded");
        }
    }

    private void idleUntil(final long deadlineNs, final String what) {
        requireWanted();
        if (System.nanoTime() - deadlineNs > 0) {
            throw new ReplicationException("gave up waiting for " + what);
        }
        LockSupport.parkNanos(PAUSE_NS);
    }

    private void requireWanted() {
        if (isStopped) {
            throw new ReplicationException("the member is being stopped");
        }
    }

    /** How the copier waits for the archive: until the member is stopped. */
    private final class WantedIdle implements IdleStrategy {
        private final BackoffIdleStrategy backoff = new BackoffIdleStrategy();

        @Override
        public void idle(final int workCount) {
            if (workCount <= 0) {
                idle();
            } else {
                reset();
            }
        }

        @Override
        public void idle() {
            requireWanted();
            backoff.idle();
        }

        @Override
        public void reset() {
            backoff.reset();
        }
    }
}
