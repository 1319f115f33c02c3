package io.espalier.core.pruning;

import io.espalier.core.checks.RepairChecks;
import io.espalier.core.moments.DataModel;
import io.espalier.core.values.Manifest;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Notes in a manifest which values were changed after the cut. */
final class Compensated {
  private Compensated() {}

  /**
   * Lists the parameters that hold other values in a repaired network than in the carved one.
   *
   * @param manifest of the cut
   * @param carved the network as it was carved
   * @param repaired the same with other values
   * @param given the parameters that were given values, which may be the same as before
   * @param registry the rules that the network was cut by
   */
  static Manifest add(
      Manifest manifest,
      DataModel carved,
      DataModel repaired,
      Collection<String> given,
      DMRegistry registry) {
    List<Manifest.Compensated> changed = new ArrayList<>();
    for (String name : new TreeSet<>(given)) {
      ByteBuffer now = repaired.stored(name);
      if (!now.equals(carved.stored(name))) {
        changed.add(entry(repaired.graph(), name, now));
      }
    }
    Manifest listed = manifest.withCompensated(changed);
    RepairChecks.check(repaired.graph(), listed, registry);
    return listed;
  }

  /** Finds where a parameter, perhaps through nodes that only reshape it, first meets data. */
  private static Manifest.Compensated entry(Graph graph, String name, ByteBuffer values) {
    Set<Integer> carriers = new HashSet<>();
    for (GraphNode node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        if (input < 0 || !(carriers.contains(input) || graph.tensor(input).name().equals(name))) {
          continue;
        }
        List<Integer> outputs = node.outputs().stream().filter(id -> id >= 0).toList();
        if (outputs.stream().allMatch(id -> graph.tensor(id).parameter())) {
          carriers.addAll(outputs);
        } else {
          String output = graph.tensor(outputs.get(0)).name();
          return new Manifest.Compensated(name, output, i, sha256(values));
        }
      }
    }
    throw new IllegalStateException("nothing reads the parameter " + name);
  }

  private static String sha256(ByteBuffer values) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(values.duplicate());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
