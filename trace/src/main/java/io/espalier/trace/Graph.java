package io.espalier.trace;

import io.espalier.spi.Attributes;
import io.espalier.spi.OpId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A traced network: operators in topological order, the tensors between them, and the layers they
 * belong to. Immutable; made by a backend's tracer through {@link #builder()}.
 */
public final class Graph {
  private static final OpId IDENTITY = OpId.of("Identity");
  private static final Set<OpId> RESHAPING =
      Set.of(OpId.of("Reshape"), OpId.of("Squeeze"), OpId.of("Unsqueeze"), OpId.of("Flatten"));

  private final List<GraphNode> nodes;
  private final List<Tensor> tensors;
  private final List<Integer> inputs;
  private final List<Integer> outputs;
  private final List<LayerNode> layers;
  private final List<List<Integer>> consumers;
  private final Map<Integer, Inner> inner;
  private final ShapeSource shapes;
  private final BitSet integral;
  private final BitSet repeated;

  /** The tensors by name, once somebody asks; nothing is lost where two threads ask at once. */
  private volatile @Nullable Map<String, Tensor> names;

  private Graph(Builder builder) {
    this.nodes = List.copyOf(builder.nodes);
    this.tensors = List.copyOf(builder.tensors);
    this.inputs = List.copyOf(builder.inputs);
    this.outputs = List.copyOf(builder.outputs);
    this.layers = List.copyOf(builder.layers);
    this.inner = Map.copyOf(builder.inner);
    this.shapes = builder.shapes;
    this.integral = (BitSet) builder.integral.clone();
    this.repeated = (BitSet) builder.repeated.clone();
    List<List<Integer>> readers = new ArrayList<>();
    tensors.forEach(tensor -> readers.add(new ArrayList<>(1)));
    for (GraphNode node : nodes) {
      for (int input : node.inputs()) {
        if (input >= 0) {
          readers.get(input).add(node.index());
        }
      }
      for (int input : node.captured()) {
        readers.get(input).add(node.index());
      }
    }
    this.consumers = readers.stream().map(List::copyOf).toList();
  }

  /** The operators, each behind those whose outputs it reads. */
  public List<GraphNode> nodes() {
    return nodes;
  }

  /** The tensors, by id. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** The tensor of an id. */
  public Tensor tensor(int id) {
    return tensors.get(id);
  }

  /** The tensor of a name; null if there is none. */
  public @Nullable Tensor tensor(String name) {
    Map<String, Tensor> known = names;
    if (known == null) {
      known = new HashMap<>(2 * tensors.size());
      for (Tensor tensor : tensors) {
        known.put(tensor.name(), tensor);
      }
      names = known;
    }
    return known.get(name);
  }

  /** The ids of the tensors that a caller feeds. */
  public List<Integer> inputs() {
    return inputs;
  }

  /** The ids of the tensors that a caller reads. */
  public List<Integer> outputs() {
    return outputs;
  }

  /** The outermost layers, in graph order. */
  public List<LayerNode> layers() {
    return layers;
  }

  /** The layer that a node belongs to, if any does. */
  public Optional<LayerNode> layer(int node) {
    return layer(layers, node);
  }

  private static Optional<LayerNode> layer(List<LayerNode> tree, int node) {
    for (LayerNode layer : tree) {
      Optional<LayerNode> found =
          layer.nodes().contains(node) ? Optional.of(layer) : layer(layer.children(), node);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** What a node holds inside. */
  public Inner inner(int node) {
    return inner.getOrDefault(node, Inner.NOTHING);
  }

  /** Who knows the shapes that no rule and no declaration tells. */
  public ShapeSource shapes() {
    return shapes;
  }

  /** The constant that a tensor is, itself or through Identity nodes; null if it is none. */
  public @Nullable Constant constant(int tensor) {
    return tensors.get(root(tensor)).constant();
  }

  /**
   * Whether the elements of a tensor are known to be integers or booleans: indices, conditions and
   * the like, which no mask can be multiplied onto.
   */
  public boolean integral(int tensor) {
    return integral.get(tensor);
  }

  /**
   * Whether a node runs many times in a loop, so that what it computes in one run of the graph is
   * but the first of its results.
   */
  public boolean repeated(int node) {
    return repeated.get(node);
  }

  /** The tensor that this one is a copy of: what stands before its Identity nodes. */
  public int root(int tensor) {
    int root = tensor;
    while (true) {
      int producer = tensors.get(root).producer();
      if (producer < 0
          || !nodes.get(producer).op().equals(IDENTITY)
          || nodes.get(producer).inputs().get(0) < 0) {
        return root;
      }
      root = nodes.get(producer).inputs().get(0);
    }
  }

  /**
   * The constant whose elements a tensor holds in the same row-major order: itself, or behind nodes
   * that only change its shape; null if there is none.
   */
  public @Nullable Constant rowMajorConstant(int tensor) {
    int at = root(tensor);
    int producer = tensors.get(at).producer();
    while (producer >= 0
        && RESHAPING.contains(nodes.get(producer).op())
        && nodes.get(producer).inputs().get(0) >= 0) {
      at = root(nodes.get(producer).inputs().get(0));
      producer = tensors.get(at).producer();
    }
    return tensors.get(at).constant();
  }

  /** The indices of the nodes that read a tensor; a node that reads it twice stands here twice. */
  public List<Integer> consumers(int tensor) {
    return consumers.get(tensor);
  }

  /** Starts an empty graph. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the parts of a graph. Nodes are added in topological order. */
  public static final class Builder {
    private final List<GraphNode> nodes = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<Integer> inputs = new ArrayList<>();
    private final List<Integer> outputs = new ArrayList<>();
    private final List<LayerNode> layers = new ArrayList<>();
    private final Map<Integer, Inner> inner = new HashMap<>();
    private ShapeSource shapes = ShapeSource.NONE;
    private final BitSet integral = new BitSet();
    private final BitSet repeated = new BitSet();

    private Builder() {}

    /** Adds a tensor that the caller feeds; null dimensions mean an unknown rank. */
    public int input(String name, @Nullable List<Dim> dims) {
      int id = tensor(name, -1, null, dims, false);
      inputs.add(id);
      return id;
    }

    /** Adds a parameter or constant. */
    public int constant(String name, Constant values) {
      int id = tensor(name, -1, values, null, true);
      integral.set(id, values.integer());
      return id;
    }

    /** Says that the elements of a tensor are integers or booleans. */
    public void integral(String name) {
      integral.set(id(name, "a tracer"));
    }

    /**
     * Adds a node, and the tensors it computes.
     *
     * @param inputNames names of tensors added before; empty for one that is left out
     * @param outputNames new names; empty for one that is left out
     * @param capturedNames names that sub-graphs of the node read
     * @param declared shapes that the model declares for outputs, by name
     * @return the node's index
     */
    public int node(
        OpId op,
        int opset,
        String name,
        List<String> inputNames,
        List<String> outputNames,
        List<String> capturedNames,
        Attributes attributes,
        Map<String, List<Dim>> declared) {
      int index = nodes.size();
      boolean parameter = true;
      List<Integer> ins = new ArrayList<>(inputNames.size());
      for (String in : inputNames) {
        int id = in.isEmpty() ? -1 : id(in, name);
        ins.add(id);
        parameter &= id < 0 || tensors.get(id).parameter();
      }
      List<Integer> captured = new ArrayList<>(capturedNames.size());
      for (String in : capturedNames) {
        int id = id(in, name);
        captured.add(id);
        parameter &= tensors.get(id).parameter();
      }
      List<Integer> outs = new ArrayList<>();
      for (String out : outputNames) {
        outs.add(out.isEmpty() ? -1 : tensor(out, index, null, declared.get(out), parameter));
      }
      nodes.add(new GraphNode(index, op, opset, name, ins, outs, captured, attributes));
      return index;
    }

    /** Declares a tensor to be an output of the network. */
    public void output(String name) {
      outputs.add(id(name, "the graph's outputs"));
    }

    /** Adds an outermost layer. */
    public void layer(LayerNode layer) {
      layers.add(layer);
    }

    /** Says what a node that was added holds inside. */
    public void inner(int node, Inner held) {
      inner.put(node, held);
    }

    /** Says that a node that was added runs many times in a loop. */
    public void repeated(int node) {
      repeated.set(node);
    }

    /** Says who knows the shapes that no rule and no declaration tells. */
    public void shapes(ShapeSource source) {
      this.shapes = source;
    }

    /** Whether a tensor of this name was added. */
    public boolean has(String name) {
      return ids.containsKey(name);
    }

    /** The nodes added so far. */
    public List<GraphNode> nodes() {
      return nodes;
    }

    /** The tensor of a name that was added. */
    public Tensor tensor(String name) {
      return tensors.get(id(name, "a tracer"));
    }

    /** The tensor of an id. */
    public Tensor tensor(int id) {
      return tensors.get(id);
    }

    /** The finished graph. */
    public Graph build() {
      return new Graph(this);
    }

    private int id(String name, String reader) {
      Integer id = ids.get(name);
      if (id == null) {
        throw new TraceException(
            "tensor \""
                + name
                + "\" is read by "
                + reader
                + " but nothing before it computes it; is the model sorted?");
      }
      return id;
    }

    private int tensor(
        String name,
        int producer,
        @Nullable Constant constant,
        @Nullable List<Dim> dims,
        boolean parameter) {
      int id = tensors.size();
      if (ids.putIfAbsent(name, id) != null) {
        throw new TraceException("two tensors of the model are called \"" + name + "\"");
      }
      tensors.add(
          new Tensor(
              id, name, producer, constant, dims == null ? null : List.copyOf(dims), parameter));
      return id;
    }
  }
}
