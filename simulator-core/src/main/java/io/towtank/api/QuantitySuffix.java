package io.towtank.api;

/**
 * What a quantity's suffix stands for.
 *
 * @param exponent of two for {@code BINARY_SI}, of ten otherwise
 */
record QuantitySuffix(int exponent, Quantity.Format format) {}
