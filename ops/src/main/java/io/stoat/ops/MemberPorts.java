package io.stoat.ops;

import io.stoat.replication.ClusterConfig;
import java.net.InetSocketAddress;

/** Checks that a member can have its ports, before anything of it is started. */
final class MemberPorts {
    private MemberPorts() {}

    /**
     * @param config of the cluster.
     * @param member number.
     * @param mend how the member gets others, for the message.
     * @throws CommandFailure naming the port, and how the member gets others.
     */
    static void requireFree(final ClusterConfig config, final int member, final String mend) {
        final String host = config.host(member).replaceAll("[\\[\\]]", "");
        for (int group = 0; group < config.groups(); group++) {
            final int first = config.firstPort(group, member);
            for (int port = first; port < first + ClusterConfig.PORTS_IN_USE; port++) {
                final String trouble = NodeEndpoint.trouble(new InetSocketAddress(host, port));
                if (trouble != null) {
                    throw CommandFailure.failed(
                            "port "
                                    + port
                                    + " of "
                                    + host
                                    + ", which member "
                                    + member
                                    + " needs, cannot be used: "
                                    + trouble
                                    + "; for other ports "
                                    + mend);
                }
            }
        }
    }
}
