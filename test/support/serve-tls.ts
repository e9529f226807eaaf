import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import { listen } from './serve';

/** A certificate that nobody but a test trusts, with its key: self-signed, for a hundred years unless said otherwise. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** For 127.0.0.1. */
export const HERE: Certificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUXcaq85r3PewegAHJdHHkHQ5iyacwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNzIwNDMyNVoYDzIxMjYxMTAz
MjA0MzI1WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQScUVHa3RFPN2SMKx192xvdIOEo2x1ysphfjATSpwfEPZZmyB6PGr5
N/TUYO0aldNZUqynBBkACZYBxsNoS+xPo2QwYjAdBgNVHQ4EFgQUdnYdmwU8U4n5
pMJMj/2sDOyyTKswHwYDVR0jBBgwFoAUdnYdmwU8U4n5pMJMj/2sDOyyTKswDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IQD2pNop+7kgJOkLriI74Mr9Be0PsowUGuRR7pDsKo/RRgIgOYcYtlBzHDdphrb0
OxdnYPbFCO8fW8ypEpCmmQ4/LT8=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBr15D6bHhldYh1Ic
cvs7SE5mvoSpqHJAtmjfw1LTnTOhRANCAAQScUVHa3RFPN2SMKx192xvdIOEo2x1
ysphfjATSpwfEPZZmyB6PGr5N/TUYO0aldNZUqynBBkACZYBxsNoS+xP
-----END PRIVATE KEY-----
`,
};

/** For other.example. */
export const ELSEWHERE: Certificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBojCCAUegAwIBAgIULiXuSGxRvoambiofM+prtXYL2n8wCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjcyMDQzMjVaGA8yMTI2
MTEwMzIwNDMyNVowGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABBuOIPqK/LB/iqWW1qJZwxGaL7CzmAg5043NKLIXfaFP
m3ts4HoUKIJ/YSqs0Ho23UqTjBAFja6UNJ6x1IeQ9DujbTBrMB0GA1UdDgQWBBTY
SRDrHOvheGdmrY9it0lEScdGpzAfBgNVHSMEGDAWgBTYSRDrHOvheGdmrY9it0lE
ScdGpzAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDW90aGVyLmV4YW1wbGUw
CgYIKoZIzj0EAwIDSQAwRgIhAI59YNBwfFJlvpw3ao3vxqP5xsgMfWsCg1p32ZYr
JQx5AiEApi0bvMk5AJzNfjhPup5nb+nWI9KsE2T1sFDmaVc5zIM=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUiLJGCJDDATjdaPd
6QIg4/EIc81Jk6fr9Y1wAC7XNbqhRANCAAQbjiD6ivywf4qlltaiWcMRmi+ws5gI
OdONzSiyF32hT5t7bOB6FCiCf2EqrNB6Nt1Kk4wQBY2ulDSesdSHkPQ7
-----END PRIVATE KEY-----
`,
};

/** For 127.0.0.1, until 2021. */
export const EXPIRED: Certificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBSTCB76ADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCTEyNy4wLjAu
MTAeFw0yMDAxMDEwMDAwMDBaFw0yMTAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCTEy
Ny4wLjAuMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBstVzqLmFReL3a3X00s
G+TkfH2+E8mMIw1CyusOfV4Oub02tvPBTASKxBNuNfPYiwX3LeUPd0K2QwcwhMb9
K8yjMjAwMA8GA1UdEQQIMAaHBH8AAAEwHQYDVR0OBBYEFL+8cafbdL1sZ8tiR0ON
OSQVAnMlMAoGCCqGSM49BAMCA0kAMEYCIQDxySUjtchfCTp0oJK3nESXeOpLt+qA
jNw+NfbsrqEcewIhAPq1zT2NeUXCvsdyQ0an9GECDoJaGxDmv7hKv0EkmBGq
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg11sowqQgKfgaC9xR
StHjngsLBBCITFkCdbu8PBNFFj+hRANCAAQbLVc6i5hUXi92t19NLBvk5Hx9vhPJ
jCMNQsrrDn1eDrm9NrbzwUwEisQTbjXz2IsF9y3lD3dCtkMHMITG/SvM
-----END PRIVATE KEY-----
`,
};

/** The address of a TLS server with that certificate; it ends with the test. */
export async function serveTls(certificate: Certificate, answer: RequestListener): Promise<string> {
  return `https://127.0.0.1:${await listen(createServer({ ...certificate }, answer))}`;
}
