package io.stoat.bench.cluster;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.rig.TalkingProcess;
import io.stoat.bench.target.EtcdProgram;
import io.stoat.bench.target.Ports;
import io.stoat.bench.target.Programs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.CloseHelper;

/** Three members of etcd; batched puts are transactions of many. One thread. */
final class EtcdMembers implements PeerCluster {
    private static final long TIMEOUT_S = 30;

    private final ScratchDirectory scratch = ScratchDirectory.create();
    private final List<TalkingProcess> servers = new ArrayList<>();
    private final Queue<Future<?>> inFlight = new ArrayDeque<>();
    private final PutBytes bytes;
    private Client client;
    private KV keys;

    EtcdMembers(final int valueLength, final long keyCount, final int puts) {
        bytes = new PutBytes(valueLength, keyCount);
        try {
            final List<Integer> clientPorts = new ArrayList<>();
            final List<Integer> peerPorts = new ArrayList<>();
            for (int member = 0; member < ClusterSpec.MEMBERS; member++) {
                clientPorts.add(Ports.freeTcp());
                peerPorts.add(Ports.freeTcp());
            }
            for (int member = 0; member < ClusterSpec.MEMBERS; member++) {
                final List<String> command = new ArrayList<>();
                command.add(Programs.find(EtcdProgram.NAME).toString());
                command.addAll(
                        EtcdProgram.arguments(
                                member, clientPorts.get(member), peerPorts, scratch.path()));
                command.addAll(List.of("--max-txn-ops", String.valueOf(Math.max(128, puts))));
                servers.add(Children.ofProgram("etcd " + member, command));
            }
            for (final int port : clientPorts) {
                PeerProcesses.await("etcd", () -> Programs.isListening(port));
            }
            client =
                    Client.builder()
                            .endpoints(
                                    clientPorts.stream()
                                            .map(EtcdProgram::endpoint)
                                            .toArray(String[]::new))
                            .build();
            keys = client.getKVClient();
            await(putNext());
        } catch (final RuntimeException ex) {
            close();
            throw ex;
        }
    }

    static String absence() {
        return Programs.find(EtcdProgram.NAME) == null
                ? EtcdProgram.NAME + " is not installed"
                : null;
    }

    @Override
    public String settings() {
        return EtcdProgram.version()
                + ", three members, loopback TCP without TLS, files in memory so that their fsync is"
                + " cheap, jetcd, one channel; batched: a transaction of as many puts as a message,"
                + " as many transactions in flight";
    }

    private CompletableFuture<?> putNext() {
        bytes.next();
        return keys.put(ByteSequence.from(bytes.key()), ByteSequence.from(bytes.value()));
    }

    private static void await(final Future<?> answer) {
        try {
            answer.get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (final ExecutionException | TimeoutException ex) {
            throw new IllegalStateException("etcd did not put: " + ex, ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", ex);
        }
    }

    @Override
    public void put() {
        await(putNext());
    }

    @Override
    public int putMany(final int puts, final int messages) {
        while (inFlight.size() < messages) {
            inFlight.add(transaction(puts));
        }
        await(inFlight.remove());
        return puts;
    }

    private Future<?> transaction(final int puts) {
        final Op[] operations = new Op[puts];
        for (int i = 0; i < puts; i++) {
            bytes.next();
            operations[i] =
                    Op.put(
                            ByteSequence.from(bytes.key()),
                            ByteSequence.from(bytes.value()),
                            PutOption.DEFAULT);
        }
        return keys.txn().Then(operations).commit();
    }

    @Override
    public Series.Batched batched(final long millis, final int puts, final int messages) {
        final Series.Batched figures = PeerCluster.super.batched(millis, puts, messages);
        inFlight.forEach(EtcdMembers::await);
        inFlight.clear();
        return figures;
    }

    @Override
    public void close() {
        CloseHelper.quietClose(client);
        servers.forEach(TalkingProcess::kill);
        scratch.close();
    }
}
