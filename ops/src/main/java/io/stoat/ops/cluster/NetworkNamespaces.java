package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network for members on one host: a namespace for each, connected through a hub, a namespace in
 * which clients run and which can drop what one member sends to another. Interfaces and addresses
 * lie inside the namespaces, nothing of the host changes. Needs root and iproute2.
 */
public final class NetworkNamespaces implements AutoCloseable {
    private static final long COMMAND_S = 60;

    private final String name;
    private final int members;
    private final boolean owned;
    private final List<String> blocked = new ArrayList<>();
    private final Thread cleaner = new Thread(this::delete, "stoat-network-clean-up");

    private NetworkNamespaces(final String name, final int members, final boolean owned) {
        this.name = name;
        this.members = members;
        this.owned = owned;
    }

    /**
     * @return why namespaces cannot be made here, or null.
     */
    public static String absence() {
        final String probe = "stoat-probe-" + ProcessHandle.current().pid();
        final String error =
                run(
                        "ip netns add "
                                + probe
                                + " && ip -n "
                                + probe
                                + " link add m0 type veth peer name eth0 && ip -n "
                                + probe
                                + " rule add from 10.77.0.1 to 10.77.1.1 blackhole");
        run("ip netns del " + probe);
        return error == null ? null : "network namespaces cannot be made here: " + error;
    }

    /**
     * Makes the namespaces of a hub and some members.
     *
     * @param members number of members.
     * @return the network.
     */
    public static NetworkNamespaces create(final int members) {
        final NetworkNamespaces network =
                new NetworkNamespaces("stoat-" + ProcessHandle.current().pid(), members, true);
        Runtime.getRuntime().addShutdownHook(network.cleaner);
        try {
            network.make();
            return network;
        } catch (final RuntimeException ex) {
            network.close();
            throw ex;
        }
    }

    /**
     * Uses the network that another process made, from a process inside its hub.
     *
     * @param name of the network.
     * @param members number of members.
     * @return the network; closing it leaves the namespaces alone.
     */
    public static NetworkNamespaces join(final String name, final int members) {
        return new NetworkNamespaces(name, members, false);
    }

    private void make() {
        final StringBuilder script = new StringBuilder();
        script.append("set -e; ip netns add ").append(name).append("; ");
        inHub(script, "link set lo up");
        inHub(script, "addr add " + clientAddress() + "/32 dev lo");
        script.append("ip netns exec ")
                .append(name)
                .append(" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; ")
                .append("echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter'; ");
        for (int member = 0; member < members; member++) {
            final String space = name + "-m" + member;
            final String gateway = "10.77." + member + ".254";
            script.append("ip netns add ").append(space).append("; ");
            inHub(
                    script,
                    "link add m"
                            + member
                            + " mtu 9000 type veth peer name eth0 mtu 9000 netns "
                            + space);
            inHub(script, "addr add " + gateway + "/24 dev m" + member);
            inHub(script, "link set m" + member + " up");
            for (final String step :
                    List.of(
                            "addr add " + address(member) + "/24 dev eth0",
                            "link set eth0 up",
                            "link set lo up",
                            "route add default via " + gateway)) {
                script.append("ip -n ").append(space).append(' ').append(step).append("; ");
            }
        }
        require(script.toString());
    }

    private void inHub(final StringBuilder script, final String step) {
        script.append("ip -n ").append(name).append(' ').append(step).append("; ");
    }

    /**
     * @return name of the network, for {@link #join}.
     */
    public String name() {
        return name;
    }

    /**
     * @return address of clients in the hub.
     */
    public static String clientAddress() {
        return "10.77.255.1";
    }

    /**
     * @param member number.
     * @return its address.
     */
    public static String address(final int member) {
        return "10.77." + member + ".1";
    }

    /**
     * @param member number.
     * @return words to put before a command that is to run in the member's namespace.
     */
    public List<String> prefix(final int member) {
        return List.of("ip", "netns", "exec", name + "-m" + member);
    }

    /**
     * @return words to put before a command that is to run in the hub.
     */
    public List<String> hubPrefix() {
        return List.of("ip", "netns", "exec", name);
    }

    /**
     * Drops what a member sends to another, silently; the other direction is left alone.
     *
     * @param from member that sends.
     * @param to member that does not receive it any more.
     */
    public void block(final int from, final int to) {
        final String rule = "from " + address(from) + " to " + address(to) + " blackhole";
        require("ip -n " + name + " rule add " + rule);
        blocked.add(rule);
    }

    /** Lets everything through again. */
    public void heal() {
        blocked.forEach(rule -> require("ip -n " + name + " rule del " + rule));
        blocked.clear();
    }

    private static void require(final String script) {
        final String error = run(script);
        if (error != null) {
            throw CommandFailure.failed("network namespaces: " + error + "; in: " + script);
        }
    }

    /** Runs a script; null, or what went wrong. */
    private static String run(final String script) {
        try {
            final Process process =
                    new ProcessBuilder("sh", "-c", script)
                            .redirectErrorStream(true)
                            .redirectInput(new java.io.File("/dev/null"))
                            .start();
            final String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no end after " + COMMAND_S + " s";
            }
            return process.exitValue() == 0 ? null : said.strip();
        } catch (final IOException ex) {
            return ex.getMessage();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private void delete() {
        final StringBuilder script = new StringBuilder();
        for (int member = 0; member < members; member++) {
            script.append("ip netns del ").append(name).append("-m").append(member).append("; ");
        }
        run(script.append("ip netns del ").append(name).toString());
    }

    /** Removes the namespaces, if this process made them; what runs in them should have ended. */
    @Override
    public void close() {
        if (owned) {
            delete();
            try {
                Runtime.getRuntime().removeShutdownHook(cleaner);
            } catch (final IllegalStateException ending) {
                // the hook runs, and finds nothing
            }
        }
    }
}
