package io.espalier.djl.carve;

import ai.djl.nn.Block;
import io.espalier.djl.spi.Fields;
import io.espalier.spi.EspalierException;
import java.lang.reflect.Field;
import java.util.Map;

/**
 * Gathers what the fields of a block become.
 *
 * @param block the block
 * @param values the values so far
 */
record FieldValues(Block block, Map<Field, Object> values) implements Fields {
  @Override
  public void set(String name, Object value) {
    Field found = null;
    for (Field field : InstanceFields.of(block.getClass())) {
      // the class that is nearest to the block's comes last
      found = field.getName().equals(name) ? field : found;
    }
    if (found == null) {
      throw new EspalierException(
          "block " + block.getClass().getName() + " has no field \"" + name + "\" to set");
    }
    values.put(found, converted(found, value));
  }

  private Object converted(Field field, Object value) {
    Class<?> type = field.getType();
    if (value instanceof Number number) {
      if (type == int.class || type == Integer.class) {
        return Math.toIntExact(number.longValue());
      } else if (type == long.class || type == Long.class) {
        return number.longValue();
      } else if (type == float.class || type == Float.class) {
        return number.floatValue();
      } else if (type == double.class || type == Double.class) {
        return number.doubleValue();
      }
    }
    if (!type.isInstance(value)) {
      throw new EspalierException(
          "field "
              + field.getName()
              + " of block "
              + block.getClass().getName()
              + " is a "
              + type.getName()
              + " and cannot be "
              + value);
    }
    return value;
  }
}
