package io.espalier.spi;

import java.util.List;

/** A node of a traced network that owns parameters, or a container of such. */
public interface Layer {
  /** The layer's name, unique in the network: {@code layer1.0.conv1}. */
  String name();

  /**
   * What kind of layer this is, as the tracer knows it: the operator that owns the parameters
   * ({@code Conv}, {@code com.acme:GatedLinear}), or the class of a container ({@code
   * nn.Sequential}).
   */
  String type();

  /**
   * The layer's own operators in the order of the graph; those of its children are not among them.
   */
  List<Node> nodes();

  /** The layers directly inside this one, in order; empty unless this is a container. */
  List<Layer> children();
}
