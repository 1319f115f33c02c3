package io.espalier.onnx.carve;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Cut;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.trace.TracedOnnx;
import io.espalier.spi.Ints;
import io.espalier.spi.OpId;
import io.espalier.trace.Expression;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Carves a smaller model: slices every use of a constant along its axes, patches attributes and
 * shape constants that follow widths, and takes blocks out. Everything else stays as it is in the
 * file, byte for byte.
 */
public final class OnnxCarver {
  private static final OpId IDENTITY = OpId.of("Identity");

  /** From this version of the format on, initializers need not be listed among the inputs. */
  private static final int IR_WITH_PLAIN_INITIALIZERS = 4;

  private final TracedOnnx traced;
  private final OnnxModel model;
  private final Graph graph;
  private final SymMap map;
  private final Cut cut;
  private final OnnxEdit edit;
  private final NodeEdits nodes;

  /** The names that were made up; none of them is one of the original. */
  private final Set<String> names = new HashSet<>();

  private final Map<Integer, Map<Slice, List<Reader>>> uses = new TreeMap<>();
  private final Map<String, String> splices = new HashMap<>();
  private final Map<List<Object>, String> mappings = new HashMap<>();
  private final Map<IntBuffer, String> positionTables = new HashMap<>();
  private final Map<String, long[]> replaced = new HashMap<>();

  /** Constants that sub-graphs read, by name or through an Identity; those must stay whole. */
  private final Set<Integer> captured = new HashSet<>();

  private final Map<Integer, List<NodeProto>> inserted = new TreeMap<>();

  /** A node of the graph that reads a constant by one of its inputs. */
  private record Reader(GraphNode node, int input) {}

  private OnnxCarver(TracedOnnx traced, Cut cut) {
    this.traced = traced;
    this.model = traced.model();
    this.graph = traced.graph();
    this.map = cut.map();
    this.cut = cut;
    this.edit = new OnnxEdit(model);
    this.nodes = new NodeEdits(model);
    graph.nodes().forEach(node -> node.captured().forEach(id -> captured.add(graph.root(id))));
  }

  /** The edit that turns a model into the smaller one. */
  public static OnnxEdit carve(TracedOnnx traced, Cut cut) {
    return new OnnxCarver(traced, cut).carve();
  }

  private OnnxEdit carve() {
    for (GraphNode node : graph.nodes()) {
      if (!cut.skips(node.index()) && traced.onnxIndex(node.index()) >= 0) {
        rewire(node);
        patchAttributes(node);
        collectUses(node);
      }
    }
    uses.forEach(this::shareOrCopy);
    cut.replacedTensors().forEach(this::copyIfNamed);
    nodes.changed().forEach(index -> edit.replaceNode(index, nodes.node(index)));
    inserted.forEach(edit::insertNodesBefore);
    new ShapeInfo(traced, cut).update(edit, replaced);
    new DeadCode(traced, cut, nodes, inserted, edit).remove();
    return edit;
  }

  /** Makes readers of a block that is taken out read what the block read. */
  private void rewire(GraphNode node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      int tensor = node.inputs().get(i);
      int source = tensor < 0 ? tensor : cut.source(tensor);
      if (source != tensor) {
        nodes.setInput(traced.onnxIndex(node.index()), i, graph.tensor(source).name());
      }
    }
  }

  /**
   * A tensor that is known outside by its name, as an output or to a sub-graph, stays when the
   * block that computes it goes: as a copy of what the block read.
   */
  private void copyIfNamed(int tensor) {
    if (graph.outputs().contains(tensor) || captured.contains(graph.root(tensor))) {
      nodes.setCopy(
          traced.onnxIndex(graph.tensor(tensor).producer()),
          graph.tensor(cut.source(tensor)).name(),
          graph.tensor(tensor).name());
    }
  }

  private void patchAttributes(GraphNode node) {
    for (NodeFacts.AttributeTarget target : map.facts(node.index()).attributes()) {
      long value = target.value().value(cut.widths());
      if (value != target.value().value()) {
        nodes.setAttribute(traced.onnxIndex(node.index()), target.name(), target.index(), value);
      }
    }
    // An attribute that was absent and must be explicit now is set even where its value is that of
    // the original.
    for (NodeFacts.AttributeTarget target : map.facts(node.index()).attributes()) {
      if (!node.attributes().names().contains(target.name())
          && mustBeExplicit(
              node,
              map.facts(node.index()).attributes().stream()
                  .filter(other -> other.name().equals(target.name()))
                  .map(NodeFacts.AttributeTarget::value)
                  .toList())) {
        nodes.setAttribute(
            traced.onnxIndex(node.index()),
            target.name(),
            target.index(),
            target.value().value(cut.widths()));
      }
    }
  }

  /**
   * Whether what a node leaves out must be said now. Numbers, such as the axes of a Squeeze, must
   * where any width of the node changes; extents, such as the sizes of a Split, where one of them
   * does: one that is open in the model has to stay so.
   */
  private boolean mustBeExplicit(GraphNode node, List<Expression> values) {
    return values.stream().allMatch(Expression.Literal.class::isInstance)
        ? touchesCut(node)
        : values.stream().anyMatch(value -> value.value(cut.widths()) != value.value());
  }

  private boolean touchesCut(GraphNode node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      List<Layout> layouts = node.inputs().get(i) < 0 ? null : map.input(node.index(), i);
      if (layouts != null && layouts.stream().anyMatch(cut::cuts)) {
        return true;
      }
    }
    return false;
  }

  private void collectUses(GraphNode node) {
    Map<Integer, Map<Integer, Long>> patches = patches(node);
    for (int i = 0; i < node.inputs().size(); i++) {
      int tensor = node.inputs().get(i);
      Map<Integer, Long> patch = patches.getOrDefault(i, Map.of());
      if (tensor < 0) {
        continue;
      }
      if (recount(node, i) || map(node, i)) {
        continue;
      }
      if (map.facts(node.index()).optional().contains(i) && touchesCut(node)) {
        nodes.setInput(traced.onnxIndex(node.index()), i, "");
      } else if (map.isUse(node.index(), i)) {
        boolean alias = node.op().equals(IDENTITY);
        if (!alias || graph.outputs().contains(node.outputs().get(0))) {
          uses.computeIfAbsent(graph.root(tensor), root -> new LinkedHashMap<>())
              .computeIfAbsent(slice(node, i, patch), slice -> new ArrayList<>())
              .add(new Reader(node, i));
        }
      } else if (!patch.isEmpty()) {
        splice(node, i, patch);
      }
    }
    patches.forEach(
        (input, values) -> {
          if (input >= node.inputs().size() || node.inputs().get(input) < 0) {
            addInput(node, input, values);
          }
        });
  }

  /** Writes an input anew that holds positions along axes of which something goes. */
  private boolean recount(GraphNode node, int input) {
    for (NodeFacts.Positions positions : map.facts(node.index()).positions()) {
      if (positions.input() == input && cut.recounts(positions)) {
        int tensor = node.inputs().get(input);
        Recount recount = new Recount(positions, cut, map.ints(tensor).orElseThrow());
        String name = fresh(node.label().replace(' ', '_') + "_input" + input);
        add(TensorSource.ofLongs(name, recount.values(), recount.shape()));
        nodes.setInput(traced.onnxIndex(node.index()), input, name);
        return true;
      }
    }
    return false;
  }

  /** Puts a table in front of an input that holds positions along an axis of which elements go. */
  private boolean map(GraphNode node, int input) {
    for (NodeFacts.Indexed indexed : map.facts(node.index()).indexed()) {
      if (indexed.input() == input && cut.maps(indexed)) {
        int positions = cut.source(node.inputs().get(input));
        int[] leads = cut.map(node, indexed);
        String stored = graph.tensor(graph.root(node.inputs().get(indexed.table()))).name();
        String mapped =
            mappings.computeIfAbsent(
                List.<Object>of(positions, IntBuffer.wrap(leads)),
                key -> mapping(positions, leads, stored, cut.kept(indexed.rows())));
        nodes.setInput(traced.onnxIndex(node.index()), input, mapped);
        return true;
      }
    }
    return false;
  }

  /** Tables that lead to the same are one. */
  private String mapping(int positions, int[] leads, String stored, int @Nullable [] kept) {
    String table = positionTables.get(IntBuffer.wrap(leads));
    PositionMap made =
        new PositionMap(table == null ? fresh(stored + "_position") : table, leads, kept);
    if (table == null) {
      positionTables.put(IntBuffer.wrap(leads), made.table().name());
      add(made.table());
    }
    String name = fresh(graph.tensor(positions).name() + "_mapped");
    int producer = graph.tensor(positions).producer();
    inserted
        .computeIfAbsent(
            producer < 0 ? 0 : traced.onnxIndex(producer) + 1, index -> new ArrayList<>())
        .add(made.node(graph.tensor(positions).name(), name));
    return name;
  }

  /** For each input, the elements whose value drifts from what it must be. */
  private Map<Integer, Map<Integer, Long>> patches(GraphNode node) {
    Map<Integer, Map<Integer, Long>> patches = new TreeMap<>();
    for (NodeFacts.ElementTarget target : map.facts(node.index()).elements()) {
      long value = target.value().value(cut.widths());
      int input = target.input();
      int tensor = input < node.inputs().size() ? node.inputs().get(input) : -1;
      Ints ints = tensor < 0 ? null : map.ints(tensor).orElse(null);
      boolean drifts =
          ints == null
              ? tensor < 0
                  && mustBeExplicit(
                      node,
                      map.facts(node.index()).elements().stream()
                          .filter(other -> other.input() == input)
                          .map(NodeFacts.ElementTarget::value)
                          .toList())
              : ((Expression) ints.elements().get(target.index())).value(cut.widths()) != value;
      if (drifts) {
        patches.computeIfAbsent(input, i -> new TreeMap<>()).put(target.index(), value);
      }
    }
    return patches;
  }

  private Slice slice(GraphNode node, int input, Map<Integer, Long> patches) {
    List<Layout> layouts = map.input(node.index(), input);
    List<int @Nullable []> keep = new ArrayList<>();
    if (layouts != null && patches.isEmpty()) {
      layouts.forEach(layout -> keep.add(cut.kept(layout)));
    }
    return new Slice(keep, patches);
  }

  /**
   * Uses whose slices come out equal share one tensor; where uses differ, each kind gets a tensor
   * of its own.
   */
  private void shareOrCopy(int root, Map<Slice, List<Reader>> slices) {
    OnnxTensor stored = traced.stored(root).orElse(null);
    boolean wholeNeeded =
        graph.outputs().contains(root)
            || captured.contains(root)
            || slices.keySet().stream().anyMatch(Slice::isWhole);
    if (stored == null || slices.keySet().stream().allMatch(Slice::isWhole)) {
      return;
    }
    boolean original = !wholeNeeded;
    boolean single = original && slices.size() == 1;
    for (Map.Entry<Slice, List<Reader>> entry : slices.entrySet()) {
      if (entry.getKey().isWhole()) {
        continue;
      }
      String name = original ? graph.tensor(root).name() : fresh(graph.tensor(root).name());
      TensorSource source = Tensors.slice(stored, name, entry.getKey());
      if (original) {
        replace(root, source);
        original = false;
      } else {
        add(source);
      }
      if (!single) {
        entry.getValue().forEach(reader -> read(reader, name));
      }
    }
  }

  private void read(Reader reader, String name) {
    if (!graph.tensor(reader.node().inputs().get(reader.input())).name().equals(name)) {
      nodes.setInput(traced.onnxIndex(reader.node().index()), reader.input(), name);
    }
  }

  private void replace(int root, TensorSource source) {
    int constantNode = traced.constantNode(root);
    if (constantNode >= 0) {
      nodes.setConstant(constantNode, Tensors.value(source));
    } else {
      edit.replaceInitializer(source.name(), source);
    }
    replaced.put(source.name(), source.dims());
  }

  private void add(TensorSource source) {
    if (model.irVersion() < IR_WITH_PLAIN_INITIALIZERS) {
      inserted.computeIfAbsent(0, index -> new ArrayList<>()).add(Tensors.constant(source));
    } else {
      edit.addInitializer(source);
    }
  }

  private String fresh(String name) {
    String candidate = name + "_carved";
    for (int i = 2; graph.tensor(candidate) != null || !names.add(candidate); i++) {
      candidate = name + "_carved" + i;
    }
    return candidate;
  }

  private void addInput(GraphNode node, int input, Map<Integer, Long> values) {
    long[] all = new long[values.size()];
    values.forEach((at, value) -> all[at] = value);
    String name = fresh(node.label().replace(' ', '_') + "_input" + input);
    add(TensorSource.ofLongs(name, all, all.length));
    int index = traced.onnxIndex(node.index());
    nodes.setInput(index, input, name);
    String replaced = map.facts(node.index()).replaced().get(input);
    if (replaced != null) {
      nodes.removeAttribute(index, replaced);
    }
  }

  /**
   * Puts numbers in the place of some elements of a computed shape; the other elements are still
   * computed.
   */
  private void splice(GraphNode node, int input, Map<Integer, Long> patches) {
    int tensor = node.inputs().get(input);
    String name =
        splices.computeIfAbsent(
            tensor + " " + patches, key -> splice(tensor, node.opset(), patches));
    nodes.setInput(traced.onnxIndex(node.index()), input, name);
  }

  private String splice(int tensor, int opset, Map<Integer, Long> patches) {
    ShapeSplice splice =
        new ShapeSplice(
            graph.tensor(tensor).name(),
            IntegerType.of(traced, tensor),
            map.ints(tensor).orElseThrow(),
            patches,
            opset,
            this::fresh,
            this::add);
    int behind = traced.onnxIndex(graph.tensor(tensor).producer()) + 1;
    inserted.computeIfAbsent(behind, index -> new ArrayList<>()).addAll(splice.nodes());
    return splice.output();
  }
}
