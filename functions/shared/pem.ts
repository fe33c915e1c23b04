import { X509Certificate } from 'node:crypto';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates in a PEM text, of which there may be none; throws where one of them is damaged. */
export const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(PEM_CERTIFICATE) ?? []).map((certificate) => new X509Certificate(certificate));

/** Whether a PEM text holds certificates, each of them whole. */
export function holdsCertificates(pem: string): boolean {
  try {
    return certificatesIn(pem).length > 0;
  } catch {
    return false; // The parser throws for anything that is not a certificate: that is the answer.
  }
}

/** The text of a caBundle, which is base64 as in Kubernetes' own caBundle fields. */
export const bundleText = (caBundle: string): string => Buffer.from(caBundle, 'base64').toString('utf8');

/** What is wrong with a caBundle, as the rest of a sentence that begins with its field. */
export const bundleProblem = (caBundle: string | undefined): string | undefined =>
  caBundle === undefined || holdsCertificates(bundleText(caBundle))
    ? undefined
    : 'it holds no PEM certificate; write what base64 -w0 ca.crt prints';
