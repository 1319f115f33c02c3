package io.espalier.core.checks;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Compensated;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What must hold of the values that a manifest lists as changed after the cut. */
public final class RepairChecks {
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  static final Checks<Repaired> ALL =
      new Checks<>(
          List.of(
              new Check<>("what was changed is a parameter", RepairChecks::parameters),
              new Check<>("what was changed meets data where it is said to", RepairChecks::readers),
              new Check<>("what was changed is listed once, with a hash", RepairChecks::entries)));

  private RepairChecks() {}

  /**
   * What is checked.
   *
   * @param graph the smaller network
   * @param tensors its tensors by name
   * @param changed what the manifest lists
   */
  record Repaired(Graph graph, Map<String, Tensor> tensors, List<Compensated> changed) {
    static Repaired of(Graph graph, Manifest manifest) {
      Map<String, Tensor> tensors = new HashMap<>();
      graph.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
      return new Repaired(graph, tensors, manifest.compensated());
    }
  }

  /**
   * Runs them.
   *
   * @param graph the smaller network
   * @throws CheckException at the first thing that does not hold
   */
  public static void check(Graph graph, Manifest manifest, DMRegistry registry) {
    ALL.run("manifest", Repaired.of(graph, manifest), registry);
  }

  private static void parameters(Repaired made, Faults faults) {
    for (Compensated entry : made.changed()) {
      Tensor tensor = made.tensors().get(entry.initializer());
      if (tensor == null || tensor.constant() == null) {
        throw faults.at(entry.initializer(), "is no parameter of the carved network");
      }
    }
  }

  private static void readers(Repaired made, Faults faults) {
    for (Compensated entry : made.changed()) {
      Tensor output = made.tensors().get(entry.output());
      Tensor read = read(made, output, entry.input());
      if (output == null || output.parameter() || read == null || !read.parameter()) {
        throw faults.at(
            entry.initializer(), "is not what " + entry.output() + "#" + entry.input() + " reads");
      }
    }
  }

  private static @Nullable Tensor read(Repaired made, @Nullable Tensor output, int input) {
    if (output == null || output.producer() < 0) {
      return null;
    }
    GraphNode node = made.graph().nodes().get(output.producer());
    boolean there = input >= 0 && input < node.inputs().size() && node.inputs().get(input) >= 0;
    return there ? made.graph().tensor(node.inputs().get(input)) : null;
  }

  private static void entries(Repaired made, Faults faults) {
    Set<String> names = new HashSet<>();
    for (Compensated entry : made.changed()) {
      if (!names.add(entry.initializer()) || !SHA_256.matcher(entry.sha256()).matches()) {
        throw faults.at(entry.initializer(), "is listed with hash " + entry.sha256());
      }
    }
  }
}
