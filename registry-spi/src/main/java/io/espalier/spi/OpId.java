package io.espalier.spi;

/**
 * The identity of an operator: its domain and its name within that domain.
 *
 * @param domain the operator's domain; empty for the ONNX standard domain ({@code ai.onnx} is
 *     normalised to it)
 * @param name the operator's name, such as {@code Conv}
 */
public record OpId(String domain, String name) implements Comparable<OpId> {
  public OpId {
    domain = domain.equals("ai.onnx") ? "" : domain;
    if (name.isEmpty()) {
      throw new IllegalArgumentException("an operator needs a name (domain \"" + domain + "\")");
    }
  }

  /** An operator of the ONNX standard domain. */
  public static OpId of(String name) {
    return new OpId("", name);
  }

  /** An operator of the given domain. */
  public static OpId of(String domain, String name) {
    return new OpId(domain, name);
  }

  @Override
  public int compareTo(OpId other) {
    int byDomain = domain.compareTo(other.domain);
    return byDomain != 0 ? byDomain : name.compareTo(other.name);
  }

  /** {@code Conv}, or {@code com.acme:GatedLinear} outside the standard domain. */
  @Override
  public String toString() {
    return domain.isEmpty() ? name : domain + ":" + name;
  }
}
