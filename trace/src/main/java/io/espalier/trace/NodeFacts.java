package io.espalier.trace;

import io.espalier.spi.Linear;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the rule of a node declared beside its types.
 *
 * @param attributes integer attributes that follow widths
 * @param elements elements of integer inputs that follow widths
 * @param replaced by the input that carving adds, the attribute that goes then
 * @param optional inputs that are left out where a width of the node changes
 * @param macs products of extents that add up to the node's multiply-accumulate operations
 * @param normalised input axes that the node normalises over
 * @param unmaskable inputs that must not be masked
 * @param statistics inputs that hold running statistics, which are no parameters
 * @param linear how the first output depends linearly on weights; empty where it does not
 * @param affine inputs of which the first output is a sum with constant coefficients
 */
public record NodeFacts(
    List<AttributeTarget> attributes,
    List<ElementTarget> elements,
    Map<Integer, String> replaced,
    Set<Integer> optional,
    List<List<Layout>> macs,
    List<Normalised> normalised,
    Set<Integer> unmaskable,
    Set<Integer> statistics,
    List<Linear> linear,
    Set<Integer> affine) {
  /** A node whose rule declared nothing. */
  public static final NodeFacts NONE =
      new NodeFacts(
          List.of(),
          List.of(),
          Map.of(),
          Set.of(),
          List.of(),
          List.of(),
          Set.of(),
          Set.of(),
          List.of(),
          Set.of());

  public NodeFacts {
    attributes = List.copyOf(attributes);
    elements = List.copyOf(elements);
    replaced = Map.copyOf(replaced);
    optional = Set.copyOf(optional);
    macs = macs.stream().map(List::copyOf).toList();
    normalised = List.copyOf(normalised);
    unmaskable = Set.copyOf(unmaskable);
    statistics = Set.copyOf(statistics);
    linear = List.copyOf(linear);
    affine = Set.copyOf(affine);
  }

  /**
   * What an integer attribute must be.
   *
   * @param name its name
   * @param index the position in a list; -1 for a single integer
   * @param value what it must be
   */
  public record AttributeTarget(String name, int index, Expression value) {}

  /**
   * What an element of an integer input must be.
   *
   * @param input the input's position
   * @param index the element's position in row-major order
   * @param value what it must be
   */
  public record ElementTarget(int input, int index, Expression value) {}

  /**
   * An axis that a node normalises over.
   *
   * @param input the input's position
   * @param axis the axis of that input
   */
  public record Normalised(int input, int axis) {}
}
