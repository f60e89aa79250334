using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Connections.Listeners;

/// <summary>Which user a client's certificate is that of, as RabbitMQ names it (<c>ssl_cert_login_from</c>).</summary>
public static class CertificateUser
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string CommonName = "2.5.4.3";

    // RFC 5280, GeneralName.
    private const int EmailTag = 1;
    private const int DnsTag = 2;
    private const int UriTag = 6;

    private static readonly Dictionary<string, string> AttributeNames = new(StringComparer.Ordinal)
    {
        [CommonName] = "CN", ["2.5.4.4"] = "SN", ["2.5.4.5"] = "SERIALNUMBER", ["2.5.4.6"] = "C", ["2.5.4.7"] = "L", ["2.5.4.8"] = "ST",
        ["2.5.4.9"] = "STREET", ["2.5.4.10"] = "O", ["2.5.4.11"] = "OU", ["2.5.4.12"] = "TITLE", ["2.5.4.42"] = "GIVENNAME",
        ["2.5.4.43"] = "INITIALS", ["2.5.4.44"] = "GENERATIONQUALIFIER", ["2.5.4.46"] = "DNQUALIFIER", ["2.5.4.65"] = "PSEUDONYM",
        ["0.9.2342.19200300.100.1.1"] = "UID", ["0.9.2342.19200300.100.1.25"] = "DC", ["1.2.840.113549.1.9.1"] = "EMAILADDRESS",
    };

    /// <summary>The user's name; null where the certificate does not have what it is taken from.</summary>
    public static string? Of(X509Certificate2 certificate, CertificateLogin from)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            return from switch
            {
                CertificateLogin.DistinguishedName => DistinguishedName(certificate.SubjectName),
                CertificateLogin.CommonName => Attributes(certificate.SubjectName).Where(static part => part.Type == CommonName).Select(static part => part.Value).FirstOrDefault(),
                CertificateLogin.DnsName => AlternativeName(certificate, DnsTag),
                CertificateLogin.Email => AlternativeName(certificate, EmailTag),
                _ => AlternativeName(certificate, UriTag),
            };
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>A name as RabbitMQ writes it: RFC 4514, the most particular part first.</summary>
    /// <exception cref="AsnContentException">It is malformed.</exception>
    public static string DistinguishedName(X500DistinguishedName name) =>
        string.Join(',', Attributes(name).Reverse().Select(static part => $"{AttributeNames.GetValueOrDefault(part.Type, part.Type)}={Escaped(part.Value)}"));

    private static IEnumerable<(string Type, string Value)> Attributes(X500DistinguishedName name)
    {
        var sequence = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf();
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                var type = attribute.ReadObjectIdentifier();
                var tag = attribute.PeekTag();
                yield return (type, tag.TagClass == TagClass.Universal && IsText((UniversalTagNumber)tag.TagValue)
                    ? attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue)
                    : "#" + Convert.ToHexString(attribute.ReadEncodedValue().Span));
            }
        }
    }

    private static bool IsText(UniversalTagNumber tag) => tag is
        UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.T61String
        or UniversalTagNumber.BMPString or UniversalTagNumber.VisibleString or UniversalTagNumber.NumericString;

    private static string? AlternativeName(X509Certificate2 certificate, int tag)
    {
        var extension = certificate.Extensions.FirstOrDefault(static one => one.Oid?.Value == SubjectAlternativeName);
        if (extension is null)
        {
            return null;
        }

        var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var wanted = new Asn1Tag(TagClass.ContextSpecific, tag);
            if (names.PeekTag().HasSameClassAndValue(wanted))
            {
                return names.ReadCharacterString(UniversalTagNumber.IA5String, wanted);
            }

            names.ReadEncodedValue();
        }

        return null;
    }

    private static string Escaped(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is ',' or '+' or '"' or '\\' or '<' or '>' or ';'
                || (i == 0 && value[i] is (' ' or '#')) || (i == value.Length - 1 && value[i] == ' '))
            {
                text.Append('\\');
            }

            text.Append(value[i]);
        }

        return text.ToString();
    }
}
