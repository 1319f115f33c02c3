package io.espalier.trace;

import io.espalier.spi.Attributes;
import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.Value;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node as rules and modules see it. */
public final class NodeView implements Node {
  private static final int MOST_FLOATS = 1024;

  private final Graph graph;
  private final GraphNode node;
  private final AxisSource source;

  NodeView(Graph graph, GraphNode node, AxisSource source) {
    this.graph = graph;
    this.node = node;
    this.source = source;
  }

  /** The node that this is a view of. */
  public GraphNode node() {
    return node;
  }

  @Override
  public OpId op() {
    return node.op();
  }

  @Override
  public int opset() {
    return node.opset();
  }

  @Override
  public String name() {
    return node.name();
  }

  @Override
  public Attributes attributes() {
    return node.attributes();
  }

  @Override
  public List<Value> inputs() {
    List<Value> inputs = new ArrayList<>(node.inputs().size());
    for (int i = 0; i < node.inputs().size(); i++) {
      inputs.add(input(i));
    }
    return inputs;
  }

  @Override
  public List<Value> outputs() {
    List<Value> outputs = new ArrayList<>(node.outputs().size());
    for (int tensor : node.outputs()) {
      outputs.add(new View(tensor, tensor < 0 ? null : source.tensorAxes(tensor)));
    }
    return outputs;
  }

  @Override
  public Value input(int index) {
    int tensor = index < node.inputs().size() ? node.inputs().get(index) : -1;
    return new View(tensor, tensor < 0 ? null : source.inputAxes(node.index(), index));
  }

  @Override
  public Optional<Ints> ints(String attribute, int input) {
    if (input >= 0 && input < node.inputs().size() && node.inputs().get(input) >= 0) {
      return input(input).ints();
    }
    return attributes().numbers(attribute).map(NodeView::ints);
  }

  @Override
  public String toString() {
    return node.label();
  }

  static Ints ints(long... values) {
    List<Element> elements = new ArrayList<>(values.length);
    for (long value : values) {
      elements.add(new Expression.Literal(value));
    }
    return new Ints(List.of(values.length), elements);
  }

  private final class View implements Value {
    private final int tensor;
    private final @Nullable List<? extends Axis> axes;

    View(int tensor, @Nullable List<? extends Axis> axes) {
      this.tensor = tensor;
      this.axes = axes;
    }

    @Override
    public boolean present() {
      return tensor >= 0;
    }

    @Override
    public String name() {
      return tensor < 0 ? "" : graph.tensor(tensor).name();
    }

    @Override
    public boolean parameter() {
      return tensor >= 0 && graph.tensor(tensor).parameter();
    }

    @Override
    public List<Axis> axes() {
      return axes == null ? List.of() : List.copyOf(axes);
    }

    @Override
    public int rank() {
      return axes == null ? 0 : axes.size();
    }

    @Override
    public Optional<Ints> ints() {
      return tensor < 0 ? Optional.empty() : Optional.ofNullable(source.ints(tensor));
    }

    @Override
    public boolean zero() {
      return tensor >= 0 && Zeros.is(graph, tensor);
    }

    @Override
    public Optional<float[]> floats() {
      Constant constant = tensor < 0 ? null : graph.constant(tensor);
      if (constant == null || constant.integer() || constant.size() > MOST_FLOATS) {
        return Optional.empty();
      }
      FloatBuffer values = constant.floats().duplicate();
      float[] copy = new float[values.remaining()];
      values.get(copy);
      return Optional.of(copy);
    }
  }
}
