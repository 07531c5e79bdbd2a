package io.stoat.replication;

import io.aeron.ExclusivePublication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.status.RecordingPos;
import io.aeron.cluster.service.Cluster;
import io.stoat.store.Checkpoint;
import io.stoat.store.CheckpointImages;
import io.stoat.store.StoreWriter;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.concurrent.status.CountersReader;

/**
 * Takes a member's snapshots: the service stands still only while its small state is recorded and a
 * {@link Checkpoint} of the shards is begun; a {@link SnapshotCopier} does the rest. One copy at a
 * time: a snapshot that is asked for earlier waits for the one before. Service's thread, but for
 * {@link #close()}.
 */
final class MemberSnapshots implements AutoCloseable {
    private final MemberContext context;
    private final StoreWriter writer;
    private final OwnMemberStatus status;
    private final SnapshotProgress progress;
    private final Supplier<AeronArchive.Context> archiveContext;
    private final Consumer<String> onDamage;
    private final CheckpointImages images;
    private final Object monitor = new Object();
    private SnapshotCopier copier;
    private boolean isClosed;

    MemberSnapshots(
            final MemberContext context,
            final StoreWriter writer,
            final OwnMemberStatus status,
            final SnapshotProgress progress,
            final Supplier<AeronArchive.Context> archiveContext,
            final Consumer<String> onDamage) {
        this.onDamage = onDamage;
        this.context = context;
        this.writer = writer;
        this.status = status;
        this.progress = progress;
        this.archiveContext = archiveContext;
        images = new CheckpointImages(context.config().valueSize());
    }

    /** Leaves a snapshot of a position incomplete. */
    void skip(final long position) {
        progress.neverComplete(position);
    }

    void take(
            final Cluster cluster,
            final ExclusivePublication publication,
            final ClientTable clients,
            final SnapshotReports reports,
            final long leadershipTerm,
            final long sweepTurn) {
        final long startNs = System.nanoTime();
        awaitCopy(cluster);
        final long position = cluster.logPosition();
        final SnapshotTransmission transmission =
                new SnapshotTransmission(publication, cluster.idleStrategy());
        transmission.begin(writer, clients, reports, position, leadershipTerm, sweepTurn);
        synchronized (monitor) {
            if (isClosed) {
                progress.neverComplete(position);
                return;
            }
            progress.begin(position);
            final Checkpoint checkpoint = writer.beginCheckpoint(images, position);
            copier =
                    new SnapshotCopier(
                            context,
                            archiveContext.get(),
                            recordingId(cluster, publication),
                            transmission,
                            checkpoint,
                            progress,
                            status,
                            System.nanoTime() - startNs,
                            onDamage);
            copier.start();
        }
    }

    private static long recordingId(final Cluster cluster, final ExclusivePublication publication) {
        final CountersReader counters = cluster.aeron().countersReader();
        final int counterId =
                RecordingPos.findCounterIdBySession(counters, publication.sessionId());
        if (counterId == CountersReader.NULL_COUNTER_ID) {
            throw new ReplicationException(
                    "the recording of the snapshot has stopped; is the disk of the member full?");
        }
        return RecordingPos.getRecordingId(counters, counterId);
    }

    private void awaitCopy(final Cluster cluster) {
        while (copier != null && !copier.isDone()) {
            cluster.idleStrategy().idle();
        }
        poll();
    }

    /** Notices the end of a copy. */
    int poll() {
        if (copier == null || !copier.isDone()) {
            return 0;
        }
        status.snapshotWait(copier.checkpoint().waitedNs());
        writer.endCheckpoint();
        copier = null;
        return 1;
    }

    /** Ends a copy that is under way, and begins none any more; any thread. */
    @Override
    public void close() {
        final SnapshotCopier last;
        synchronized (monitor) {
            isClosed = true;
            last = copier;
        }
        if (last != null) {
            last.stop();
        }
    }
}
