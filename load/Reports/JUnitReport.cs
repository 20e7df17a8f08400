using System.Globalization;
using System.Text;
using System.Xml;

namespace Gateway.Load.Reports;

/// <summary>Each limit as a test case in JUnit's XML, and one more for the tester's own punctuality, so that a CI server shows which one broke.</summary>
internal static class JUnitReport
{
    public static string Write(RunReport report)
    {
        var cases = report.Thresholds.Select(static t => (Name: t.Threshold, Failure: t.HasPassed ? null : $"measured {t.Told}")).ToList();
        cases.Add(("the tester kept up", report.IsInvalid ? report.TesterFailure : null));
        cases.Add(("the run went to its end", report.IsComplete ? null : "it was stopped"));
        var seconds = report.DurationSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", $"load.{Clean(report.Test)}");
            xml.WriteAttributeString("tests", cases.Count.ToString(CultureInfo.InvariantCulture));
            xml.WriteAttributeString("failures", cases.Count(static c => c.Failure is not null).ToString(CultureInfo.InvariantCulture));
            xml.WriteAttributeString("errors", "0");
            xml.WriteAttributeString("time", seconds);
            xml.WriteAttributeString("timestamp", report.StartedAt.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
            foreach (var (name, failure) in cases)
            {
                xml.WriteStartElement("testcase");
                xml.WriteAttributeString("classname", $"load.{Clean(report.Test)}");
                xml.WriteAttributeString("name", Clean(name));
                xml.WriteAttributeString("time", seconds);
                if (failure is not null)
                {
                    xml.WriteStartElement("failure");
                    xml.WriteAttributeString("message", Clean(failure));
                    xml.WriteEndElement();
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    /// <summary>XML 1.0 has no form for most control characters, escaped or not (§2.2): a name that has one must not cost the run its report.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // What is half a pair comes as U+FFFD, which may stand there.
            if (!Rune.IsControl(rune) && rune.Value is not (0xFFFE or 0xFFFF)) clean.Append(rune);
        }

        return clean.ToString();
    }
}
