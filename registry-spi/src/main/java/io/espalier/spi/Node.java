package io.espalier.spi;

import java.util.List;
import java.util.Optional;

/** One operator of a traced network, with its inputs, outputs and attributes. */
public interface Node {
  /** Which operator this is. */
  OpId op();

  /** The version of the operator's domain that the model asks for. */
  int opset();

  /** The node's name in the model; empty where it has none. */
  String name();

  /**
   * The inputs by position; an optional one that is left out is there, but not {@link
   * Value#present() present}.
   */
  List<Value> inputs();

  /** The outputs by position; those left out are not {@link Value#present() present}. */
  List<Value> outputs();

  /** The node's attributes. */
  Attributes attributes();

  /** One input; an absent value where the node has fewer inputs. */
  Value input(int index);

  /**
   * An axis attribute as an index from 0: negative numbers are counted from the innermost axis.
   *
   * @param attribute the attribute's name
   * @param otherwise the value where the attribute is absent; may be negative too
   * @param rank the rank of the tensor that the attribute speaks of
   */
  default int axis(String attribute, int otherwise, int rank) {
    long axis = attributes().number(attribute, otherwise);
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /**
   * Integers that older operator sets give as an attribute and newer ones as an input: the input
   * where it is present and known, else the attribute.
   *
   * @param attribute the attribute's name
   * @param input the input's position; negative if there is none
   * @return empty where neither is there, or the input is computed from data
   */
  Optional<Ints> ints(String attribute, int input);
}
