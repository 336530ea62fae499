/**
 * The report of a run as one HTML file that works offline.
 *
 * <p>{@link io.towtank.scenarios.report.ReportData} is all that a report is made from: the runner
 * fills it, {@link io.towtank.scenarios.report.Report} writes it. Two listeners collect on the way
 * what cannot be told at the end: {@link io.towtank.scenarios.report.NodeShares}, how full each
 * node is, and {@link io.towtank.scenarios.report.SeriesRecorder}, how things went over virtual
 * time.
 *
 * <p>Page, style and script lie beside this package as resources; plots over time are drawn by
 * uPlot (MIT, its licence is beside it and in each report), all else by report.js.
 */
@NullMarked
package io.towtank.scenarios.report;

import org.jspecify.annotations.NullMarked;
